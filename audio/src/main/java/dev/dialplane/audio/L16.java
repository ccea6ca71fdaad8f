package dev.dialplane.audio;

import java.util.Objects;

/** Signed 16-bit linear samples as bytes: what carriers and models call L16. */
public enum L16 implements SampleCoding {
    /** The order in which all who are spoken to here want them. RFC 3551 has it the other way round for RTP. */
    LITTLE_ENDIAN;

    @Override
    public int bytesPerSample() {
        return 2;
    }

    @Override
    public byte silence() {
        return 0;
    }

    @Override
    public void encode(short[] linear, int linearOffset, byte[] coded, int codedOffset, int count) {
        Objects.checkFromIndexSize(linearOffset, count, linear.length);
        Objects.checkFromIndexSize(codedOffset, 2 * count, coded.length);
        for (int i = 0; i < count; i++) {
            short sample = linear[linearOffset + i];
            coded[codedOffset + 2 * i] = (byte) sample;
            coded[codedOffset + 2 * i + 1] = (byte) (sample >> 8);
        }
    }

    @Override
    public void decode(byte[] coded, int codedOffset, short[] linear, int linearOffset, int count) {
        Objects.checkFromIndexSize(codedOffset, 2 * count, coded.length);
        Objects.checkFromIndexSize(linearOffset, count, linear.length);
        for (int i = 0; i < count; i++) {
            int at = codedOffset + 2 * i;
            linear[linearOffset + i] = (short) (coded[at] & 0xFF | coded[at + 1] << 8);
        }
    }
}
