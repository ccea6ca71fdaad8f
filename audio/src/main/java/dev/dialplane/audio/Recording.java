package dev.dialplane.audio;

import java.time.Duration;
import java.util.Objects;

/**
 * The contents of a WAV file: 16-bit samples, whatever the file's encoding was. The channels are not copied, neither in
 * nor out.
 */
public final class Recording {
    private final WavFormat format;
    private final short[][] channels;

    Recording(WavFormat format, short[][] channels) {
        this.format = format;
        this.channels = channels;
    }

    /** How the file held it. */
    public WavFormat format() {
        return format;
    }

    /** Samples a second. */
    public int rate() {
        return format.rate();
    }

    /** Samples in each channel. */
    public int frames() {
        return channels[0].length;
    }

    /** How long it plays. */
    public Duration duration() {
        return Duration.ofNanos(frames() * 1_000_000_000L / rate());
    }

    /**
     * One channel: 0 is the only one or the left, 1 the right.
     *
     * @throws IndexOutOfBoundsException if there is no such channel
     */
    public short[] channel(int index) {
        Objects.checkIndex(index, channels.length);
        return channels[index];
    }

    /** The only channel, or the mean of both. */
    public short[] mono() {
        if (channels.length == 1) {
            return channels[0];
        }
        short[] mean = new short[frames()];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (short) ((channels[0][i] + channels[1][i]) >> 1);
        }
        return mean;
    }

    /**
     * {@link #mono()} at another rate.
     *
     * @throws IllegalArgumentException if either rate is not one of {@link Resampler#RATES}
     */
    public short[] mono(int rate) {
        return Resampler.convert(mono(), rate(), rate);
    }
}
