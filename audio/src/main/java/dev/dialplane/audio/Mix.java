package dev.dialplane.audio;

import java.util.Objects;

/** Adds and scales blocks of samples in place; what does not fit 16 bits is clipped, never wrapped around. */
public final class Mix {
    private Mix() {}

    /** Adds {@code count} samples of {@code source} to those of {@code target}. */
    public static void add(short[] target, int targetOffset, short[] source, int sourceOffset, int count) {
        Objects.checkFromIndexSize(targetOffset, count, target.length);
        Objects.checkFromIndexSize(sourceOffset, count, source.length);
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = clip(target[targetOffset + i] + source[sourceOffset + i]);
        }
    }

    /** Adds {@code gain} times {@code count} samples of {@code source} to those of {@code target}. */
    public static void add(short[] target, int targetOffset, short[] source, int sourceOffset, int count, float gain) {
        Objects.checkFromIndexSize(targetOffset, count, target.length);
        Objects.checkFromIndexSize(sourceOffset, count, source.length);
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = clip(target[targetOffset + i] + Math.round(gain * source[sourceOffset + i]));
        }
    }

    /** Multiplies {@code count} samples by {@code gain}. */
    public static void scale(short[] samples, int offset, int count, float gain) {
        ramp(samples, offset, count, gain, gain);
    }

    /**
     * Multiplies {@code count} samples by a gain that runs straight from {@code from} towards {@code to}, which the first
     * sample after the block would have; so blocks that follow one another join without a step.
     */
    public static void ramp(short[] samples, int offset, int count, float from, float to) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        float step = count == 0 ? 0 : (to - from) / count;
        for (int i = 0; i < count; i++) {
            samples[offset + i] = clip(Math.round(samples[offset + i] * (from + step * i)));
        }
    }

    /**
     * Replaces {@code count} samples of {@code target} by a passage from what they are to {@code source}, for a cut from
     * one sound to another.
     */
    public static void crossfade(short[] target, int targetOffset, short[] source, int sourceOffset, int count) {
        Objects.checkFromIndexSize(targetOffset, count, target.length);
        Objects.checkFromIndexSize(sourceOffset, count, source.length);
        for (int i = 0; i < count; i++) {
            float share = (i + 0.5f) / count;
            float mixed = target[targetOffset + i] * (1 - share) + source[sourceOffset + i] * share;
            target[targetOffset + i] = clip(Math.round(mixed));
        }
    }

    /** The nearest 16-bit value. */
    public static short clip(int value) {
        return (short) Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
    }
}
