package dev.dialplane.audio;

import java.util.Objects;

/**
 * Soft noise that fills gaps, so that a line does not sound dead: random samples through a one-pole low-pass with its
 * corner at 800 Hz, which falls off at 6 dB per octave much as room noise does (Hoth, ITU-T P.800).
 *
 * <p>The same seed gives the same noise, however it is cut into blocks. For one thread at a time; allocates nothing.
 */
public final class ComfortNoise {
    private static final double CORNER_HZ = 800;
    /** The standard deviation of the sum of four uniform 16-bit numbers. */
    private static final double SOURCE_DEVIATION = Math.sqrt(4.0 / 12) * 65_536;

    private final float pole;
    private final float drive;
    private final long seed;
    private long random;
    private float last;

    /**
     * Noise for one stream.
     *
     * @param rate samples a second, 8,000 to 48,000
     * @param dBov its level, −127 to −20: louder is no comfort, and would clip
     * @param seed which noise
     */
    public ComfortNoise(int rate, double dBov, long seed) {
        Tone.checkRate(rate);
        if (!(dBov >= Level.SILENCE && dBov <= -20)) {
            throw new IllegalArgumentException("dBov is " + dBov + ", allowed is -127 to -20");
        }
        pole = (float) Math.exp(-2 * Math.PI * CORNER_HZ / rate);
        drive = (float) (Level.rmsOf(dBov) * Math.sqrt(1 - pole * pole) / SOURCE_DEVIATION);
        // Spreads small seeds over all bits, and keeps the generator away from zero, where it would stay.
        this.seed = (seed + 1) * 0x9E37_79B9_7F4A_7C15L | 1;
        random = this.seed;
    }

    /** Writes the next {@code count} samples of noise. */
    public void fill(short[] out, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, out.length);
        for (int i = offset; i < offset + count; i++) {
            out[i] = Mix.clip(Math.round(next()));
        }
    }

    /** Adds the next {@code count} samples of noise to what is there. */
    public void add(short[] target, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, target.length);
        for (int i = offset; i < offset + count; i++) {
            target[i] = Mix.clip(target[i] + Math.round(next()));
        }
    }

    /** Starts again with the first sample. */
    public void reset() {
        random = seed;
        last = 0;
    }

    private float next() {
        long r = random;
        r ^= r << 13;
        r ^= r >>> 7;
        r ^= r << 17;
        random = r;
        // Four uniform numbers out of one word add up to something close enough to a bell curve.
        int sum = (short) r + (short) (r >> 16) + (short) (r >> 32) + (short) (r >> 48);
        last = last * pole + sum * drive;
        return last;
    }
}
