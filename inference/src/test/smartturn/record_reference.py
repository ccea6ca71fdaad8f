#!/usr/bin/env python3
"""Records what the reference computes of made sounds, for LogMelTest.

Usage: record_reference.py WHEEL OUT
  WHEEL  a directory with pipecat-ai 1.14.0 in it (pip download --no-deps pipecat-ai==1.14.0; unzip), whose own code is run
  OUT    inference/src/test/resources/dev/dialplane/inference/local/smartturn/features.tsv

Needs numpy. The sounds are made of whole numbers, so that LogMelTest makes the same.
"""
import os, random, sys

import numpy

wheel, out = sys.argv[1:]
sys.path.insert(0, os.path.join(wheel, "pipecat/audio/turn/smart_turn"))
from _whisper_features import compute_whisper_log_mel_features  # noqa: E402

SAMPLES = 128_000


def sound(count):
    """A buzz that glides, in bursts, with noise."""
    noise, phase, samples = 1, 0, []
    for i in range(count):
        noise = (noise * 1103515245 + 12345) & 0x7FFFFFFF
        phase = (phase + 80 + i // 400 % 90) % 4096
        loud = 6000 if i // 1600 % 4 < 3 else 40
        samples.append(loud * (phase - 2048) // 2048 + (noise >> 16) % 201 - 60)
    return samples


pick = random.Random(3)
with open(out, "w") as file:
    file.write("# samples\tband\tframe\tfeature\n")
    for count in (1_000, 20_000, 127_999, 128_000, 150_000):
        audio = numpy.array(sound(count), dtype=numpy.float32) / 32768
        audio = audio[-SAMPLES:]
        audio = numpy.pad(audio, (SAMPLES - len(audio), 0))
        features = compute_whisper_log_mel_features(audio)
        first = 800 - min(count, SAMPLES) // 160
        places = [(band, frame) for band in (0, 1, 40, 79) for frame in (0, 1, max(0, first - 2), min(799, first), 798, 799)]
        places += [(pick.randrange(80), pick.randrange(max(0, first - 3), 800)) for _ in range(30)]
        for band, frame in places:
            file.write("%d\t%d\t%d\t%.6f\n" % (count, band, frame, features[band][frame]))
