package dev.dialplane.audio;

/**
 * How the samples of a WAV file are laid out.
 *
 * @param encoding how one sample is written
 * @param rate samples a second in each channel, 1,000 to 192,000
 * @param channels 1 or 2
 */
public record WavFormat(Encoding encoding, int rate, int channels) {
    static final int MIN_RATE = 1_000;
    static final int MAX_RATE = 192_000;
    static final int MAX_CHANNELS = 2;

    /** The encodings read, by their format tags in the WAVE specification (RFC 2361). */
    public enum Encoding {
        /** Unsigned 8-bit PCM; read only. */
        PCM_8(1, 8),
        /** Signed 16-bit PCM, little-endian. */
        PCM_16(1, 16),
        /** Signed 24-bit PCM, little-endian; read only. */
        PCM_24(1, 24),
        /** Signed 32-bit PCM, little-endian; read only. */
        PCM_32(1, 32),
        /** 32-bit IEEE float, full scale ±1; read only. */
        FLOAT_32(3, 32),
        /** 64-bit IEEE float, full scale ±1; read only. */
        FLOAT_64(3, 64),
        /** G.711 A-law. */
        A_LAW(6, 8),
        /** G.711 µ-law. */
        MU_LAW(7, 8);

        final int tag;
        final int bits;

        Encoding(int tag, int bits) {
            this.tag = tag;
            this.bits = bits;
        }

        int bytes() {
            return bits / 8;
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if {@code rate} or {@code channels} is out of its range
     */
    public WavFormat {
        if (rate < MIN_RATE || rate > MAX_RATE) {
            throw new IllegalArgumentException("rate is " + rate + ", allowed is " + MIN_RATE + " to " + MAX_RATE);
        }
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new IllegalArgumentException("channels is " + channels + ", allowed is 1 or 2");
        }
    }

    /** 16-bit PCM. */
    public static WavFormat pcm16(int rate, int channels) {
        return new WavFormat(Encoding.PCM_16, rate, channels);
    }

    int frameBytes() {
        return encoding.bytes() * channels;
    }
}
