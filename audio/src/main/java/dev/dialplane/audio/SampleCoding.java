package dev.dialplane.audio;

/**
 * How 16-bit linear samples are written as bytes on a line, each by itself: by one of the laws of G.711, or as they are.
 * Stateless and safe for use by any number of threads.
 */
public sealed interface SampleCoding permits G711, L16 {
    /** Bytes of one sample. */
    int bytesPerSample();

    /** Each byte of a sample of silence. */
    byte silence();

    /**
     * Encodes {@code count} samples.
     *
     * @throws IndexOutOfBoundsException if either range does not lie within its array; nothing is written then
     */
    void encode(short[] linear, int linearOffset, byte[] coded, int codedOffset, int count);

    /**
     * Decodes {@code count} samples.
     *
     * @throws IndexOutOfBoundsException if either range does not lie within its array; nothing is written then
     */
    void decode(byte[] coded, int codedOffset, short[] linear, int linearOffset, int count);

    /** Samples in so many bytes; a part of one at the end does not count. */
    default int samples(int bytes) {
        return bytes / bytesPerSample();
    }

    /** A whole clip, encoded. */
    default byte[] encode(short[] clip) {
        byte[] coded = new byte[clip.length * bytesPerSample()];
        encode(clip, 0, coded, 0, clip.length);
        return coded;
    }

    /** A whole clip, decoded; a part of a sample at the end is dropped. */
    default short[] decode(byte[] coded) {
        short[] clip = new short[samples(coded.length)];
        decode(coded, 0, clip, 0, clip.length);
        return clip;
    }
}
