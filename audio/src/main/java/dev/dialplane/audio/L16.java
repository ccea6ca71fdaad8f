package dev.dialplane.audio;

/** Signed 16-bit linear samples as bytes, little-endian: what carriers and models call L16. */
public final class L16 {
    private L16() {}

    /** Writes {@code count} samples as twice as many bytes. */
    public static void encode(short[] linear, int linearOffset, byte[] coded, int codedOffset, int count) {
        for (int i = 0; i < count; i++) {
            short sample = linear[linearOffset + i];
            coded[codedOffset + 2 * i] = (byte) sample;
            coded[codedOffset + 2 * i + 1] = (byte) (sample >> 8);
        }
    }

    /** Reads {@code count} samples from twice as many bytes. */
    public static void decode(byte[] coded, int codedOffset, short[] linear, int linearOffset, int count) {
        for (int i = 0; i < count; i++) {
            int at = codedOffset + 2 * i;
            linear[linearOffset + i] = (short) (coded[at] & 0xFF | coded[at + 1] << 8);
        }
    }
}
