package dev.dialplane.audio;

import java.util.Objects;

/**
 * How loud a block of samples is.
 *
 * <p>dBov as ITU-T G.100.1 defines it: decibels relative to the highest level a digital system can hold, which is that of
 * a full-scale square wave (RMS 32,768 for 16 bits). A full-scale sine is at −3.01 dBov.
 */
public final class Level {
    /** The level of digital silence, where a logarithm has none: the floor of RFC 6464. */
    public static final double SILENCE = -127;

    static final double FULL_SCALE = 32_768;

    private Level() {}

    /** The level of a block in dBov, from {@link #SILENCE} to 0; an empty block is silent. */
    public static double dBov(short[] samples, int offset, int count) {
        double rms = rms(samples, offset, count);
        return rms == 0 ? SILENCE : Math.max(SILENCE, 20 * Math.log10(rms / FULL_SCALE));
    }

    /** {@link #dBov(short[], int, int)} of a whole array. */
    public static double dBov(short[] samples) {
        return dBov(samples, 0, samples.length);
    }

    /** The root of the mean square, 0 to 32,768; 0 for an empty block. A constant offset counts as signal. */
    public static double rms(short[] samples, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        if (count == 0) {
            return 0;
        }
        long squares = 0;
        for (int i = offset; i < offset + count; i++) {
            squares += samples[i] * samples[i];
        }
        return Math.sqrt((double) squares / count);
    }

    /** The largest magnitude in a block, 0 to 32,768. */
    public static int peak(short[] samples, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        int peak = 0;
        for (int i = offset; i < offset + count; i++) {
            peak = Math.max(peak, Math.abs((int) samples[i]));
        }
        return peak;
    }

    /** The RMS value, in 16-bit steps, of a signal at {@code dBov}. */
    public static double rmsOf(double dBov) {
        return FULL_SCALE * Math.pow(10, dBov / 20);
    }

    /** The factor that changes a level by {@code decibels}. */
    public static float gain(double decibels) {
        return (float) Math.pow(10, decibels / 20);
    }
}
