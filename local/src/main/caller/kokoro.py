"""Speaks lines with Kokoro-82M (int8 ONNX), one WAV a line.

usage: kokoro.py MODEL.onnx VOCAB.json VOICES_DIR SPEED OUT_DIR < lines of VOICE, a tab, TEXT

Writes OUT_DIR/01.wav, 02.wav, ... as 24 kHz mono 16-bit PCM. Phonemes come from the espeak-ng program and are put into
the alphabet that Kokoro was trained on.
"""

import json
import re
import subprocess
import sys
import wave

import numpy
import onnxruntime

RATE = 24_000
# One symbol for what espeak-ng writes as two tied ones, and the nearest one for what the alphabet lacks.
SYMBOLS = [
    ("a^ɪ", "I"), ("a^ʊ", "W"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "O"), ("ɔ^ɪ", "Y"), ("d^ʒ", "ʤ"), ("t^ʃ", "ʧ"),
    ("ə^l", "ᵊl"), ("ɜːɹ", "ɜɹ"), ("ɚ", "əɹ"), ("ɜː", "ɜɹ"), ("ɐ", "ə"), ("ɾ", "T"), ("r", "ɹ"), ("x", "k"), ("ɬ", "l"),
    ("ʲ", ""), ("ː", ""), ("^", ""),
]  # fmt: skip


def phonemes(text):
    """The phonemes of a line; its punctuation, which espeak-ng drops, keeps its place."""
    out = ""
    for words, mark in re.findall(r"([^,.?!;:]+)([,.?!;:]*)", text):
        said = subprocess.run(
            ["espeak-ng", "-q", "--ipa", "--tie=^", "-v", "en-us", words],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        out += (" " if out else "") + " ".join(said.split()) + mark
    for theirs, ours in SYMBOLS:
        out = out.replace(theirs, ours)
    return out


def main():
    model, vocabulary, voices, speed, folder = sys.argv[1:]
    with open(vocabulary, encoding="utf-8") as file:
        ids = json.load(file)["vocab"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for number, line in enumerate(filter(None, map(str.strip, sys.stdin)), start=1):
        voice, text = line.split("\t")
        styles = numpy.fromfile(f"{voices}/{voice}.bin", dtype="<f4").reshape(-1, 1, 256)
        said = phonemes(text)
        tokens = [ids[symbol] for symbol in said if symbol in ids]
        audio = session.run(
            None,
            {
                "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
                "style": styles[len(tokens)],
                "speed": numpy.array([float(speed)], dtype=numpy.float32),
            },
        )[0].reshape(-1)
        with wave.open(f"{folder}/{number:02}.wav", "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((numpy.clip(audio, -1, 1) * 32767).astype("<i2").tobytes())
        print(f"{number}: {text} -> {said} ({len(audio) / RATE:.2f} s)", flush=True)


main()
