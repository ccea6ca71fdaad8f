package dev.dialplane.audio;

import java.util.Objects;

/**
 * The two companding laws of ITU-T G.711 (11/1988), between 16-bit linear samples and 8-bit character signals.
 *
 * <p>The recommendation defines µ-law over 14-bit and A-law over 13-bit uniform PCM; here both sit left-aligned in a
 * 16-bit word, so a linear value is 4 (µ) or 8 (A) times the value in tables 1 and 2 of G.711. A sample that lies exactly
 * on a decision value belongs to either neighbor by the tables; like ITU-T's own software (G.191) this takes the upper
 * one, which makes the code of {@code ~x} the code of {@code x} with its sign bit flipped.
 *
 * <p>Stateless and safe for use by any number of threads; nothing here allocates.
 */
public enum G711 implements SampleCoding {
    /** µ-law, as used in North America and Japan; payload type PCMU. All bits of a character are inverted on the line. */
    MU_LAW {
        @Override
        int code(int linear) {
            int sign = linear >> 31;
            // 33 is where the first chord would start if it were as long as the others (table 2 of G.711).
            int biased = Math.min(((linear ^ sign) >> 2) + 33, 0x1FFF);
            int chord = 26 - Integer.numberOfLeadingZeros(biased);
            return ~((sign & 0x80) | chord << 4 | (biased >> (chord + 1) & 0x0F));
        }

        @Override
        int linear(int code) {
            int bits = ~code;
            int magnitude = ((((bits & 0x0F) << 3) + 0x84) << (bits >> 4 & 7)) - 0x84;
            return (bits & 0x80) == 0 ? magnitude : -magnitude;
        }
    },

    /** A-law, as used in Europe, India and most of the world; payload type PCMA. Even bits are inverted on the line. */
    A_LAW {
        @Override
        int code(int linear) {
            int sign = linear >> 31;
            int magnitude = (linear ^ sign) >> 4;
            int chord = Math.max(28 - Integer.numberOfLeadingZeros(magnitude), 0);
            int step = magnitude >> Math.max(chord - 1, 0) & 0x0F;
            return ((~sign & 0x80) | chord << 4 | step) ^ 0x55;
        }

        @Override
        int linear(int code) {
            int bits = code ^ 0x55;
            int chord = bits >> 4 & 7;
            int step = (bits & 0x0F) << 4 | 0x08;
            int magnitude = chord == 0 ? step : (step + 0x100) << (chord - 1);
            return (bits & 0x80) != 0 ? magnitude : -magnitude;
        }
    };

    /** By character; written once. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final short[] decoded = new short[256];

    private final byte silence;

    G711() {
        for (int code = 0; code < 256; code++) {
            decoded[code] = (short) linear(code);
        }
        silence = (byte) code(0);
    }

    abstract int code(int linear);

    abstract int linear(int code);

    /** The 8-bit character of one linear sample. */
    public byte encode(short linear) {
        return (byte) code(linear);
    }

    /** The linear value of one character: a multiple of 4 up to ±32,124 (µ) or of 8 up to ±32,256 (A). */
    public short decode(byte code) {
        return decoded[code & 0xFF];
    }

    @Override
    public int bytesPerSample() {
        return 1;
    }

    /** The character of a zero sample: 0xFF (µ) or 0xD5 (A, whose quietest value is +8, as the law has no zero). */
    @Override
    public byte silence() {
        return silence;
    }

    @Override
    public void encode(short[] linear, int linearOffset, byte[] coded, int codedOffset, int count) {
        Objects.checkFromIndexSize(linearOffset, count, linear.length);
        Objects.checkFromIndexSize(codedOffset, count, coded.length);
        for (int i = 0; i < count; i++) {
            coded[codedOffset + i] = (byte) code(linear[linearOffset + i]);
        }
    }

    @Override
    public void decode(byte[] coded, int codedOffset, short[] linear, int linearOffset, int count) {
        Objects.checkFromIndexSize(codedOffset, count, coded.length);
        Objects.checkFromIndexSize(linearOffset, count, linear.length);
        short[] table = decoded;
        for (int i = 0; i < count; i++) {
            linear[linearOffset + i] = table[coded[codedOffset + i] & 0xFF];
        }
    }
}
