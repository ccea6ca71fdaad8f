package dev.dialplane.agent.speaking;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.audio.SampleCoding;
import dev.dialplane.contracts.common.v1.AudioFormat;

/**
 * How samples look on the carrier's side of a call.
 *
 * @param rate samples a second
 */
public record CarrierCodec(SampleCoding coding, int rate) {
    /**
     * The codec of a format.
     *
     * @throws IllegalArgumentException if it is not one that an agent speaks; offers were checked for that
     */
    public static CarrierCodec of(AudioFormat format) {
        return switch (format.getCodec()) {
            case CODEC_PCMU -> new CarrierCodec(G711.MU_LAW, 8000);
            case CODEC_PCMA -> new CarrierCodec(G711.A_LAW, 8000);
            case CODEC_L16 -> new CarrierCodec(L16.LITTLE_ENDIAN, format.getSampleRateHz());
            case CODEC_OPUS, CODEC_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException(
                        "codec is " + format.getCodec() + ", allowed are PCMU, PCMA and L16");
        };
    }

    /** 1 for G.711, 2 for linear. */
    public int bytesPerSample() {
        return coding.bytesPerSample();
    }

    /** Encodes {@code count} samples into {@code out}; returns the number of bytes. */
    public int encode(short[] samples, int offset, int count, byte[] out) {
        coding.encode(samples, offset, out, 0, count);
        return count * bytesPerSample();
    }

    /** Decodes {@code length} bytes into {@code out}; returns the number of samples. An odd byte at the end is dropped. */
    public int decode(byte[] coded, int length, short[] out) {
        return decode(coded, 0, length, out);
    }

    /** Decodes {@code length} bytes from {@code offset} on. */
    int decode(byte[] coded, int offset, int length, short[] out) {
        int count = coding.samples(length);
        coding.decode(coded, offset, out, 0, count);
        return count;
    }

    /** A whole clip, encoded. */
    public byte[] encode(short[] clip) {
        return coding.encode(clip);
    }
}
