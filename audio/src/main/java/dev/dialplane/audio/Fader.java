package dev.dialplane.audio;

import java.util.Objects;

/**
 * The gain of one stream, moved without clicks: each change runs straight from the gain at hand to the one asked for, over
 * a stated number of samples, across as many blocks as it takes.
 *
 * <p>5 ms is short enough for an interruption and long enough not to be heard as a click. For one thread at a time;
 * allocates nothing.
 */
public final class Fader {
    private float gain;
    private float target;
    private float step;
    private int left;

    /** A fader at rest at {@code gain}. */
    public Fader(float gain) {
        this.gain = gain;
        target = gain;
    }

    /** Moves to {@code target} over the next {@code samples} samples, from wherever the gain is now; 0 is at once. */
    public void fadeTo(float target, int samples) {
        if (samples < 0) {
            throw new IllegalArgumentException("samples is " + samples + ", allowed is 0 and more");
        }
        this.target = target;
        left = samples;
        if (samples == 0) {
            gain = target;
        } else {
            step = (target - gain) / samples;
        }
    }

    /** The gain that the next sample will have. */
    public float gain() {
        return gain;
    }

    /** Whether the last change has run its course. */
    public boolean settled() {
        return left == 0;
    }

    /** Applies the gain to a block in place. */
    public void apply(short[] samples, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        if (left == 0 && gain == 1) {
            return;
        }
        for (int i = offset; i < offset + count; i++) {
            samples[i] = Mix.clip(Math.round(samples[i] * gain));
            if (left > 0) {
                left--;
                gain = left == 0 ? target : gain + step;
            }
        }
    }
}
