#!/usr/bin/env python3
"""Has the lines of turns.txt spoken whole, and finds where in the sound each of their pauses belongs.

Usage: aligned.py SPEECH OUT
  SPEECH  a directory with 01.wav, 02.wav, ...: what kokoro.py (in local/src/main/caller) made of the lines that
          `aligned.py --lines` prints
  OUT     where NN.wav (16 kHz) and NN.cuts go: the moments, in ms, at which make.py may put silence

A voice that is given a part of a sentence says it as if it were one, and whoever listens for the melody of an ending hears
one. So each sentence is spoken in one breath, and cut where PocketSphinx, who knows the words, finds their boundary. What
no cut makes is the drawl of somebody who searches for words.
"""
import os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
VOICES = ["af_heart", "am_michael", "bf_emma", "bm_george", "af_bella", "am_fenrir"]
GAP = "|"
# Names that the aligner's dictionary lacks.
SOUNDS = {"mehta": "M EY T AH", "penicillin": "P EH N AH S IH L AH N", "checkup": "CH EH K AH P"}


def texts():
    with open(os.path.join(HERE, "turns.txt"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def spoken():
    """(voice, text) of every recording: each text by two voices."""
    lines = texts()
    return [(VOICES[(number // 2 + 3 * round) % len(VOICES)], text) for round in (0, 1) for number, text in enumerate(lines)]


def words(text):
    return re.sub(r"[^a-z' ]", "", text.lower()).split()


def cuts(decoder, samples, text):
    """Moments in ms between the words before a pause and those after it: halfway, where the voice itself paused."""
    said = words(text.replace(GAP, " "))
    for word in said:
        if decoder.lookup_word(word) is None:
            decoder.add_word(word, SOUNDS[word])
    decoder.set_align_text(" ".join(said))
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    found = [s for s in decoder.seg() if not s.word.startswith("<") and not s.word.startswith("[")]
    if len(found) != len(said):
        sys.exit("not aligned: " + text)
    moments, count = [], 0
    for part in text.split(GAP)[:-1]:
        count += len(words(part))
        moments.append(5 * (found[count - 1].end_frame + 1 + found[count].start_frame))
    return moments


def main():
    if sys.argv[1:] == ["--lines"]:
        for voice, text in spoken():
            print(voice + "\t" + " ".join(text.replace(GAP, " ").split()))
        return
    from pocketsphinx import Decoder
    speech, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    decoder = Decoder(loglevel="FATAL")
    for number, (voice, text) in enumerate(spoken(), start=1):
        target = os.path.join(out, "%02d" % number)
        subprocess.run(["sox", "-D", os.path.join(speech, "%02d.wav" % number), "-r", "16000", "-b", "16", target + ".wav"], check=True)
        raw = subprocess.run(["sox", target + ".wav", "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-"],
                             check=True, capture_output=True).stdout
        with open(target + ".cuts", "w") as file:
            file.write(" ".join(map(str, cuts(decoder, raw, text))))


if __name__ == "__main__":
    main()
