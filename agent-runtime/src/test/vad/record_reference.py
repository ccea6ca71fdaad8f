#!/usr/bin/env python3
"""Records what ONNX Runtime makes of real speech, for the test of dev.dialplane.agent.vad.Silero.

    apt-get download pocketsphinx-testdata && dpkg -x pocketsphinx-testdata_*.deb data
    pip download --no-deps silero-vad==6.2.3 && unzip silero_vad-6.2.3-py3-none-any.whl
    pip install onnxruntime numpy
    python3 record_reference.py data/usr/share/pocketsphinx/test/data silero_vad/data/silero_vad.onnx \
        ../resources/dev/dialplane/agent/vad

Writes speech.ulaw (8 kHz, ITU-T G.711 µ-law: three recordings with quiet around them), speech.csv (where each
recording begins and ends in it, in samples), and speech.prob (little-endian float32, the model's output for each
window of 256 samples). Two recordings are of LibriVox (public domain), one is CMU's (BSD).
"""
import sys
import numpy as np
import onnxruntime
import wave

CLIPS = [
    ("librivox/sense_and_sensibility_01_austen_64kb-0870.wav", 1.0),
    ("goforward.raw", 1.3),
    ("librivox/sense_and_sensibility_01_austen_64kb-0930.wav", 1.5),
]
TAIL = 1.2


def load(path):
    if path.endswith(".raw"):
        return np.fromfile(path, "<i2").astype(np.float64)
    with wave.open(path) as file:
        assert file.getframerate() == 16000 and file.getnchannels() == 1
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)


def halve(x):
    """16 to 8 kHz: windowed sinc, cut-off at 3.7 kHz."""
    n = np.arange(-64, 65)
    h = np.sinc(n * 3700 / 8000) * np.kaiser(129, 8)
    return np.convolve(x, h / h.sum(), "same")[::2]


def ulaw(x):
    x = np.clip(np.round(x), -32768, 32767).astype(np.int64)
    sign = x < 0
    biased = np.minimum((np.where(sign, ~x, x) >> 2) + 33, 0x1FFF)
    chord = np.floor(np.log2(biased)).astype(np.int64) - 5
    code = np.where(sign, 0x80, 0) | chord << 4 | (biased >> (chord + 1) & 15)
    return (~code & 0xFF).astype(np.uint8)


def linear(code):
    bits = ~code.astype(np.int64) & 0xFF
    magnitude = (((bits & 15) << 3) + 0x84 << (bits >> 4 & 7)) - 0x84
    return np.where(bits & 0x80, -magnitude, magnitude)


def main(data, model, out):
    random = np.random.default_rng(1)
    parts, marks, at = [], [], 0
    for clip, quiet in CLIPS:
        speech = halve(load(f"{data}/{clip}"))
        gap = random.normal(0, 12, int(quiet * 8000))
        marks.append((at + len(gap), at + len(gap) + len(speech)))
        parts += [gap, speech]
        at += len(gap) + len(speech)
    parts.append(random.normal(0, 12, int(TAIL * 8000)))
    coded = ulaw(np.concatenate(parts))
    coded = coded[: len(coded) // 256 * 256]
    coded.tofile(f"{out}/speech.ulaw")
    with open(f"{out}/speech.csv", "w") as file:
        file.writelines(f"{begin},{end}\n" for begin, end in marks)
    samples = (linear(coded) / 32768).astype(np.float32)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros(32, np.float32)
    probabilities = []
    for start in range(0, len(samples), 256):
        window = np.concatenate([context, samples[start : start + 256]])
        output, state = session.run(None, {"input": window[None], "state": state, "sr": np.array(8000, np.int64)})
        probabilities.append(output[0, 0])
        context = window[-32:]
    np.array(probabilities, "<f4").tofile(f"{out}/speech.prob")
    print(f"{len(coded) / 8000:.1f} s, {len(probabilities)} windows, {sum(p > 0.5 for p in probabilities)} of speech")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
