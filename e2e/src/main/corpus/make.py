#!/usr/bin/env python3
"""Makes the recordings of the two corpora: what callers do while the agent speaks, and where they pause and end.

Usage: make.py RECORDINGS ALIGNED OUT
  RECORDINGS  a directory with Debian's pocketsphinx-testdata, unpacked (dpkg-deb -x): clips of CMU's and of LibriVox
  ALIGNED     what aligned.py made: whole sentences, and where they may be cut
  OUT         where interruptions.ulaw, interruptions.tsv, turns.ulaw and turns.tsv go

Needs flite, espeak-ng and sox. What is random is seeded: the same inputs make the same corpora, but for sox's dither; so
what there is already need not change when more is added at the end. Transcripts and predictions are added by TranscribeMain,
because they are the models'.
"""
import array, math, os, random, subprocess, sys, tempfile, wave

RATE = 8000
RANDOM = random.Random(20261129)
recordings, aligned, out = sys.argv[1:4]
here = os.path.dirname(os.path.abspath(__file__))
checkout = os.path.abspath(os.path.join(here, "../../../.."))


def read(path, extra=()):
    """Samples of 8 kHz, with the band of a telephone."""
    raw = subprocess.run(["sox", *extra, path, "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-",
                          "highpass", "200", "lowpass", "3400"], check=True, capture_output=True).stdout
    samples = array.array("h")
    samples.frombytes(raw)
    return list(samples)


def raw16(path, rate=16000):
    return read(path, ["-t", "raw", "-r", str(rate), "-e", "signed", "-b", "16", "-c", "1"])


def spoken(text, voice):
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        engine, name, pitch, speed = voice
        if engine == "flite":
            subprocess.run(["flite", "-voice", name, "-t", text, "-o", file.name], check=True, capture_output=True)
        else:
            subprocess.run(["espeak-ng", "-v", name, "-p", str(pitch), "-s", str(speed), "-w", file.name, text], check=True)
        return trimmed(read(file.name))


def level(samples, dbov):
    """At so many dB below full scale, by the loud half of its 20 ms."""
    frames = sorted(rms(samples[i:i + 160]) for i in range(0, len(samples), 160))
    loud = frames[len(frames) // 2:]
    now = sum(loud) / max(1, len(loud))
    gain = 32768 * 10 ** (dbov / 20) / max(1.0, now)
    return [max(-32767, min(32767, int(s * gain))) for s in samples]


def rms(samples):
    return math.sqrt(sum(s * s for s in samples) / max(1, len(samples)))


def quiet(samples, below=26):
    peak = max(rms(samples[i:i + 80]) for i in range(0, len(samples), 80))
    return peak / 10 ** (below / 20)


def trimmed(samples):
    limit = quiet(samples)
    frames = [i for i in range(0, len(samples), 80) if rms(samples[i:i + 80]) > limit]
    return samples[frames[0]:min(len(samples), frames[-1] + 80)] if frames else samples


def phrases(samples, pause_ms=220, least_ms=500):
    """The stretches between pauses: (start, end) in samples."""
    limit = quiet(samples, 30)
    found, start, silent = [], None, 0
    for i in range(0, len(samples), 80):
        if rms(samples[i:i + 80]) > limit:
            start = i if start is None else start
            silent, end = 0, i + 80
        elif start is not None:
            silent += 10
            if silent >= pause_ms:
                found.append((start, end))
                start = None
    if start is not None:
        found.append((start, end))
    return [p for p in found if p[1] - p[0] >= least_ms * 8]


def noise(ms, colour=0.0):
    samples, last = [], 0.0
    for _ in range(ms * 8):
        last = colour * last + RANDOM.gauss(0, 1)
        samples.append(last * 1000)
    return [int(s) for s in samples]


def shaped(samples, attack_ms, decay_ms):
    n = len(samples)
    return [int(s * min(1.0, i / (attack_ms * 8 + 1)) * math.exp(-max(0, i - attack_ms * 8) / (decay_ms * 8)))
            for i, s in enumerate(samples)]


def cough():
    """One to three bursts of noise, each with a throat's resonance and a voiced end."""
    samples = []
    for _ in range(RANDOM.randint(1, 3)):
        ms = RANDOM.randint(120, 260)
        burst = shaped(noise(ms, RANDOM.uniform(0.3, 0.8)), 8, ms * 0.35)
        f0, f1 = RANDOM.uniform(90, 160), RANDOM.uniform(500, 900)
        for i in range(len(burst)):
            t = i / RATE
            if i > len(burst) * 0.3:
                burst[i] += int(900 * math.sin(2 * math.pi * f0 * t) * math.exp(-(i - len(burst) * 0.3) / 600))
            burst[i] += int(1200 * math.sin(2 * math.pi * f1 * t + RANDOM.random()) * math.exp(-i / 500))
        samples += burst + [0] * (8 * RANDOM.randint(60, 180))
    return trimmed(samples)


def tone(ms, frequencies):
    return [int(3000 * sum(math.sin(2 * math.pi * f * i / RATE) for f in frequencies) / len(frequencies))
            for i in range(ms * 8)]


def hum():
    """A "hm" or a "mhm": one or two short voiced sounds with the lips closed, the second a little higher."""
    samples, f0 = [], RANDOM.uniform(95, 210)
    for part in range(RANDOM.randint(1, 2)):
        ms = RANDOM.randint(140, 320)
        for i in range(ms * 8):
            t = i / RATE
            f = f0 * (1 + 0.12 * part + 0.03 * math.sin(2 * math.pi * 3 * t))
            edge = min(1.0, i / 240, (ms * 8 - i) / 320)
            samples.append(int(2500 * edge * sum(math.sin(2 * math.pi * k * f * t) / k ** 1.6 for k in range(1, 7))))
        samples += [0] * (8 * RANDOM.randint(30, 70))
    return trimmed(samples)


def clicks(ms):
    samples = [0] * (ms * 8)
    at = 0
    while at < len(samples) - 200:
        for i, s in enumerate(shaped(noise(20, 0.1), 1, 4)):
            samples[at + i] += s
        at += 8 * RANDOM.randint(70, 220)
    return samples


def mu_law(sample):
    sign = 0x80 if sample < 0 else 0
    value = min(32635, abs(sample)) + 132
    exponent = max(0, value.bit_length() - 8)
    return ~(sign | exponent << 4 | value >> (exponent + 3) & 0x0F) & 0xFF


def on_the_line(samples, background=None):
    """Over the noise of an open line, and whatever else is there, as mu-law."""
    return bytes(mu_law(max(-32767, min(32767, int(s + RANDOM.gauss(0, 12) + (background[i % len(background)] if background else 0)))))
                 for i, s in enumerate(samples))


FLITE = [("flite", v, 0, 0) for v in ("slt", "rms", "awb", "kal16")]
ESPEAK = [("espeak", "en-us", 45, 165), ("espeak", "en-gb", 60, 180), ("espeak", "en-us+f3", 55, 170)]
VOICES = FLITE + ESPEAK

WORDS = ["Wait a moment.", "Stop.", "No, I said Tuesday.", "Excuse me, can I ask something?", "What about Sundays?",
         "Hold on, please.", "That is not what I meant.", "Can you repeat the address?", "I need to cancel it.",
         "How much does it cost?", "No.", "Hello?"]
# "Uh-huh" and "mm-hmm" are beyond these voices, who spell them: hum() makes them.
LISTENS = ["Okay.", "Yeah.", "Right.", "Oh.", "Ah.", "Sure."]
AGENT = ("We are open from nine in the morning to six in the evening, Monday to Saturday, "
         "and on Sundays from ten to one for emergencies only.")


def real_phrases():
    base = os.path.join(recordings, "usr/share")
    ps = os.path.join(base, "pocketsphinx/test/data")
    for name in sorted(os.listdir(os.path.join(ps, "cards"))):
        if name.endswith(".wav"):
            yield "cards/" + name, trimmed(read(os.path.join(ps, "cards", name)))
    for name in ("goforward.raw", "something.raw", "numbers.raw"):
        samples = raw16(os.path.join(ps, name))
        for number, (start, end) in enumerate(phrases(samples)):
            yield "%s#%d" % (name, number), samples[start:end]
    for name in sorted(os.listdir(os.path.join(ps, "librivox"))):
        if name.endswith(".wav"):
            samples = read(os.path.join(ps, "librivox", name))
            for number, (start, end) in enumerate(phrases(samples)):
                yield "librivox/%s#%d" % (name[-8:-4], number), samples[start:min(end, start + 24000)]
    for name in ("clips", "receptionist"):
        samples = read(os.path.join(checkout, "local/src/main/resources/caller", name + ".wav"))
        for number, (start, end) in enumerate(phrases(samples, 600)):
            yield "%s#%d" % (name, number), samples[start:min(end, start + 24000)]


def interruptions():
    for name, samples in real_phrases():
        yield "words", name, level(samples, RANDOM.uniform(-30, -18))
    for i, text in enumerate(WORDS):
        for voice in RANDOM.sample(VOICES, 5):
            yield "words", "%s:%s" % (voice[1], text), level(spoken(text, voice), RANDOM.uniform(-32, -18))
    for text in LISTENS:
        for voice in FLITE:
            yield "listening", "%s:%s" % (voice[1], text), level(spoken(text, voice), RANDOM.uniform(-34, -22))
    for number in range(20):
        yield "listening", "hum %d" % number, level(hum(), RANDOM.uniform(-34, -22))
    for number in range(26):
        yield "cough", "made %d" % number, level(cough(), RANDOM.uniform(-32, -18))
    for number in range(14):
        yield "noise", "hiss %d" % number, level(noise(RANDOM.randint(300, 2000), RANDOM.choice([0, 0.7, 0.95])), RANDOM.uniform(-38, -22))
    for number in range(6):
        yield "noise", "door %d" % number, level(shaped(noise(RANDOM.randint(250, 500), 0.97), 3, 60), RANDOM.uniform(-26, -14))
    for number, frequencies in enumerate([(425,), (941, 1336), (440, 554, 659), (262, 330, 392), (1000,)]):
        yield "noise", "tones %d" % number, level(tone(RANDOM.randint(400, 1500), frequencies), RANDOM.uniform(-34, -24))
    for number in range(5):
        yield "noise", "keyboard %d" % number, level(clicks(RANDOM.randint(500, 1500)), RANDOM.uniform(-34, -24))
    for number in range(16):
        voice = FLITE[number % len(FLITE)]
        samples = spoken(AGENT, voice)
        start = RANDOM.randint(0, len(samples) // 2)
        # An agent that hears it falls silent a tenth of a second after its beginning, and with the agent the echo.
        yield "echo", "%s@%d" % (voice[1], start), level(samples[start:start + RANDOM.randint(1800, 3600)], RANDOM.uniform(-46, -36))


GAP = "|"
TURNS = [
    "I would like an appointment and | a cleaning as well.",
    "Can you tell me | whether you are open on Sunday?",
    "My number is nine eight seven | six five four | three two one zero.",
    "I am calling because | my tooth hurts | when I drink something cold.",
    "I want to come on Monday, | Tuesday, | or Friday.",
    "Could I speak to | um | the doctor?",
    "The name is Asha, | and the last name is | Kumar.",
    "I have been to your place before, but | that was years ago.",
    "I need to move my appointment from | Tuesday | to next week.",
    "What does it cost if | I pay in cash?",
    "So, | I was wondering | if you have anything free tomorrow.",
    "The address is twelve | M G Road, | second floor.",
    "It is about | the bill that you sent me.",
    "Yes, | that would be fine.",
    "No, I mean | the other one.",
    "Please send it to | my office.",
    "I will be there at half past | ten.",
    "My date of birth is the third of | May | nineteen eighty five.",
    "When are you open?",
    "How much is a cleaning?",
    "I would like to cancel my appointment.",
    "Thank you, that was all.",
    "Tomorrow morning at nine.",
    "Where can I park?",
]


def turns():
    for text in TURNS:
        # The recognizer understands espeak-ng too badly to tell what that does to turn-taking.
        for voice in FLITE:
            samples, gaps = [], []
            parts = [p.strip() for p in text.split(GAP)]
            for i, part in enumerate(parts):
                samples += level(spoken(part, voice), -24)
                if i + 1 < len(parts):
                    pause = RANDOM.randint(350, 1100)
                    gaps.append((len(samples) // 8, pause))
                    samples += [0] * (8 * pause)
            yield "%s:%s" % (voice[1], text), samples, gaps
    ps = os.path.join(recordings, "usr/share/pocketsphinx/test/data/librivox")
    for name in sorted(os.listdir(ps)):
        if name.endswith(".wav"):
            samples = trimmed(read(os.path.join(ps, name)))
            found = phrases(samples, 180, 100)
            gaps = [(a[1] // 8, (b[0] - a[1]) // 8) for a, b in zip(found, found[1:])]
            yield "librivox/" + name[-8:-4], level(samples, -24), gaps
    yield from recorded(os.path.join(recordings, "usr/share/pocketsphinx/test/data"))
    yield from sentences()


def with_own_pauses(samples):
    """A turn, and the pauses that are in its sound."""
    found = phrases(samples, 180, 100)
    return level(samples, -24), [(a[1] // 8, (b[0] - a[1]) // 8) for a, b in zip(found, found[1:])]


def recorded(ps):
    """What people said. Where the reader of LibriVox stops between two recordings she has not finished her sentence."""
    before, after = (trimmed(read(os.path.join(ps, "librivox/sense_and_sensibility_01_austen_64kb-%s.wav" % number)))
                     for number in ("0880", "0890"))
    yield "librivox/0880+0890", *with_own_pauses(before + [0] * (8 * RANDOM.randint(350, 1100)) + after)
    for number in range(1, 6):
        yield "cards/00%d" % number, *with_own_pauses(trimmed(read(os.path.join(ps, "cards/00%d.wav" % number))))
    for name in ("goforward", "something", "numbers"):
        yield name, *with_own_pauses(trimmed(raw16(os.path.join(ps, name + ".raw"))))


def sentences():
    """Sentences that a voice has spoken whole, opened where somebody may pause."""
    sys.path.insert(0, here)
    import aligned as lines
    for number, (voice, text) in enumerate(lines.spoken(), start=1):
        path = os.path.join(aligned, "%02d" % number)
        whole = read(path + ".wav")
        with open(path + ".cuts") as file:
            cuts = [8 * int(ms) for ms in file.read().split()]
        samples, at = [], 0
        for cut in cuts:
            samples += faded(whole[at:cut]) + [0] * (8 * RANDOM.randint(350, 1100))
            at = cut
        yield "kokoro/%s:%s" % (voice, text), *with_own_pauses(trimmed(samples + faded(whole[at:])))


def faded(samples, ms=8):
    """Without clicks at both ends."""
    n = len(samples)
    return [int(s * min(1.0, i / (8 * ms), (n - 1 - i) / (8 * ms))) for i, s in enumerate(samples)]


os.makedirs(out, exist_ok=True)
with open(os.path.join(out, "interruptions.ulaw"), "wb") as audio, open(os.path.join(out, "interruptions.tsv"), "w") as index:
    at = 0
    index.write("# kind\tsource\tfirst byte\tbytes\n")
    for kind, source, samples in interruptions():
        background = level(noise(1000, 0.9), -56) if RANDOM.random() < 0.3 else None
        data = on_the_line(samples, background)
        audio.write(data)
        index.write("%s\t%s\t%d\t%d\n" % (kind, source, at, len(data)))
        at += len(data)
with open(os.path.join(out, "turns.ulaw"), "wb") as audio, open(os.path.join(out, "turns.tsv"), "w") as index:
    at = 0
    index.write("# source\tfirst byte\tbytes\tpauses as start+length, ms\n")
    for source, samples, gaps in turns():
        data = on_the_line(samples)
        audio.write(data)
        index.write("%s\t%d\t%d\t%s\n" % (source, at, len(data), ",".join("%d+%d" % gap for gap in gaps)))
        at += len(data)
