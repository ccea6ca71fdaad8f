package dev.dialplane.audio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A WAV file, byte by byte as the specification draws it, so that the reader is not tested by the writer alone. */
final class WavFile {
    private static final String TAG_GUID = "000000001000800000aa00389b71";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static WavFile riff(long size) {
        return new WavFile().id("RIFF").u32(size).id("WAVE");
    }

    WavFile fmt(int tag, int channels, long rate, int bits) {
        return id("fmt ").u32(16).fields(tag, channels, rate, bits, channels * bits / 8);
    }

    WavFile extensible(int subTag, int channels, long rate, int bits) {
        id("fmt ").u32(40).fields(0xFFFE, channels, rate, bits, channels * bits / 8);
        return u16(22).u16(bits).u32(channels == 1 ? 4 : 3).u16(subTag).hex(TAG_GUID);
    }

    WavFile fields(int tag, int channels, long rate, int bits, int blockAlign) {
        return u16(tag).u16(channels)
                .u32(rate)
                .u32(rate * blockAlign)
                .u16(blockAlign)
                .u16(bits);
    }

    WavFile chunk(String id, byte... content) {
        return id(id).u32(content.length).raw(content);
    }

    WavFile id(String id) {
        return raw(id.getBytes(StandardCharsets.ISO_8859_1));
    }

    WavFile u16(int value) {
        return raw((byte) value, (byte) (value >> 8));
    }

    WavFile u32(long value) {
        return raw(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) value)
                .array());
    }

    WavFile raw(byte... content) {
        bytes.writeBytes(content);
        return this;
    }

    WavFile hex(String digits) {
        return raw(HexFormat.of().parseHex(digits));
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
