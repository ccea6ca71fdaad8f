#!/usr/bin/env python3
"""Extracts the 8 kHz weights of Silero VAD into the resource that dev.dialplane.agent.vad.Silero reads.

    pip download --no-deps silero-vad==6.2.3
    python3 extract_silero.py silero_vad-6.2.3-py3-none-any.whl \
        ../resources/dev/dialplane/agent/vad/silero-v6-8k.bin

Needs nothing but Python 3. The wheel, the model in it and the result are checked by SHA-256. The same model is in the
npm packages @ricky0123/vad-web@0.0.31 and @livekit/agents-plugin-silero@1.9.0.

The result: the eight bytes "SILERO8" and 1, then little-endian float32 tensors in the order of TENSORS, each row-major
in the model's own shape. The short-time Fourier basis is left out: it is a periodic Hann window times a DFT of 128
points (within 1e-7), which the reader computes. The licence (MIT) is written beside the result.
"""
import hashlib
import struct
import sys
import zipfile

WHEEL = "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"
MODEL = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"
RESULT = "c331de7bf4250fdfe2731029f74ce8e777460f4c038e0046cae0aaed69cf4e94"
PREFIX = "If_0_else_branch__Inline_0__"
TENSORS = [
    ("encoder.0.reparam_conv.weight", (128, 65, 3)),
    ("encoder.0.reparam_conv.bias", (128,)),
    ("encoder.1.reparam_conv.weight", (64, 128, 3)),
    ("encoder.1.reparam_conv.bias", (64,)),
    ("encoder.2.reparam_conv.weight", (64, 64, 3)),
    ("encoder.2.reparam_conv.bias", (64,)),
    ("encoder.3.reparam_conv.weight", (128, 64, 3)),
    ("encoder.3.reparam_conv.bias", (128,)),
    ("decoder.rnn.weight_ih", (512, 128)),
    ("decoder.rnn.weight_hh", (512, 128)),
    ("decoder.rnn.bias_ih", (512,)),
    ("decoder.rnn.bias_hh", (512,)),
    ("decoder.decoder.2.weight", (1, 128, 1)),
    ("decoder.decoder.2.bias", (1,)),
]


def check(what, data, sha):
    actual = hashlib.sha256(data).hexdigest()
    if actual != sha:
        sys.exit(f"{what}: sha256 is {actual}, expected {sha}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """The (number, value) pairs of a protobuf message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        else:
            size = 8 if kind == 1 else 4
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def every(data, number):
    return [value for n, value in fields(data) if n == number]


def constants(graph, found):
    """Constant nodes (onnx.proto: graph.node 1; node.output 2, op_type 4, attribute 5; attribute.t 5, .g 6)."""
    for node in every(graph, 1):
        kind = every(node, 4)
        for attribute in every(node, 5):
            for inner in every(attribute, 6):
                constants(inner, found)
            if kind == [b"Constant"]:
                for tensor in every(attribute, 5):
                    found[every(node, 2)[0].decode()] = tensor
    return found


def main(wheel, result):
    data = open(wheel, "rb").read()
    check(wheel, data, WHEEL)
    with zipfile.ZipFile(wheel) as package:
        model = package.read("silero_vad/data/silero_vad.onnx")
        licence = package.read("silero_vad-6.2.3.dist-info/licenses/LICENSE")
    check("silero_vad.onnx", model, MODEL)
    found = constants(every(model, 7)[0], {})
    out = bytearray(b"SILERO8\x01")
    for name, shape in TENSORS:
        tensor = found[PREFIX + name]
        dims = tuple(every(tensor, 1))
        # TensorProto.dims may be packed.
        if len(dims) == 1 and isinstance(dims[0], bytes):
            packed, dims, at = dims[0], (), 0
            while at < len(packed):
                dim, at = varint(packed, at)
                dims += (dim,)
        if dims != shape:
            sys.exit(f"{name}: shape is {dims}, expected {shape}")
        count = 1
        for dim in shape:
            count *= dim
        raw = every(tensor, 9)[0]
        if len(raw) != 4 * count:
            sys.exit(f"{name}: has {len(raw)} bytes, expected {4 * count}")
        out += struct.pack(f"<{count}f", *struct.unpack(f"<{count}f", raw))
    check(result, bytes(out), RESULT)
    with open(result, "wb") as file:
        file.write(out)
    with open(result.removesuffix(".bin") + ".LICENSE", "wb") as file:
        file.write(licence.rstrip() + b"\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
