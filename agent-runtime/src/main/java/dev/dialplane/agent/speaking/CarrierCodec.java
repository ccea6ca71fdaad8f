package dev.dialplane.agent.speaking;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.contracts.common.v1.AudioFormat;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How samples look on the carrier's side of a call. Immutable. */
public final class CarrierCodec {
    private enum Kind {
        MU_LAW,
        A_LAW,
        LINEAR
    }

    private final Kind kind;
    private final int rate;

    private CarrierCodec(Kind kind, int rate) {
        this.kind = kind;
        this.rate = rate;
    }

    /**
     * The codec of a format.
     *
     * @throws IllegalArgumentException if it is not one that an agent speaks; offers were checked for that
     */
    public static CarrierCodec of(AudioFormat format) {
        return switch (format.getCodec()) {
            case CODEC_PCMU -> new CarrierCodec(Kind.MU_LAW, 8000);
            case CODEC_PCMA -> new CarrierCodec(Kind.A_LAW, 8000);
            case CODEC_L16 -> new CarrierCodec(Kind.LINEAR, format.getSampleRateHz());
            case CODEC_OPUS, CODEC_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException(
                        "codec is " + format.getCodec() + ", allowed are PCMU, PCMA and L16");
        };
    }

    /** Samples a second. */
    public int rate() {
        return rate;
    }

    /** 1 for G.711, 2 for linear. */
    public int bytesPerSample() {
        return kind == Kind.LINEAR ? 2 : 1;
    }

    /** Encodes {@code count} samples into {@code out}; returns the number of bytes. */
    public int encode(short[] samples, int offset, int count, byte[] out) {
        switch (kind) {
            case MU_LAW -> G711.MU_LAW.encode(samples, offset, out, 0, count);
            case A_LAW -> G711.A_LAW.encode(samples, offset, out, 0, count);
            case LINEAR -> L16.encode(samples, offset, out, 0, count);
        }
        return count * bytesPerSample();
    }

    /** Decodes {@code length} bytes into {@code out}; returns the number of samples. An odd byte at the end is dropped. */
    public int decode(byte[] coded, int length, short[] out) {
        return decode(coded, 0, length, out);
    }

    /** Decodes {@code length} bytes from {@code offset} on. */
    int decode(byte[] coded, int offset, int length, short[] out) {
        int count = length / bytesPerSample();
        switch (kind) {
            case MU_LAW -> G711.MU_LAW.decode(coded, offset, out, 0, count);
            case A_LAW -> G711.A_LAW.decode(coded, offset, out, 0, count);
            case LINEAR -> L16.decode(coded, offset, out, 0, count);
        }
        return count;
    }

    /** A whole clip, encoded. */
    public byte[] encode(short[] clip) {
        byte[] coded = new byte[clip.length * bytesPerSample()];
        encode(clip, 0, clip.length, coded);
        return coded;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CarrierCodec codec && codec.kind == kind && codec.rate == rate;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {kind.ordinal(), rate});
    }
}
