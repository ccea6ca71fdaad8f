package dev.dialplane.audio;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Changes the sample rate of a mono stream, block by block, with a polyphase FIR filter.
 *
 * <p>The result does not depend on how the stream is cut into blocks. Flat to 0.85 of half the lower rate; images and
 * aliases are at least 80 dB down, and SINAD is at least 70 dB for signals near full scale. Each input sample counts as
 * the start of its period: {@code n} samples in have given {@code ceil(n·to/from)} samples out, delayed by
 * {@link #delay()} (36 periods of the lower rate at most: 4.5 ms if that is 8 kHz). Equal rates copy, without delay.
 *
 * <p>Filters are computed once per pair of rates and shared; an instance keeps about a block of history. It allocates
 * nothing after construction, and is for one stream and one thread at a time.
 */
public final class Resampler {
    /** The rates, in Hz, between which this converts: those of telephony, of speech models and of common recordings. */
    public static final List<Integer> RATES = List.of(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000);

    private static final int STRIDE = 960;

    private final int fromHz;
    private final int toHz;
    private final PolyphaseFilter filter;
    /** The newest {@code taps - 1} samples of the past, then the samples of the stride at hand. */
    private final float[] line;
    /** The input sample at or before the next output, counted from the next input sample. */
    private int index;
    /** How far the next output lies after that, in units of 1/up input samples. */
    private int phase;

    private Resampler(int fromHz, int toHz) {
        this.fromHz = fromHz;
        this.toHz = toHz;
        int divisor = gcd(fromHz, toHz);
        filter = PolyphaseFilter.of(toHz / divisor, fromHz / divisor);
        line = new float[filter.taps - 1 + STRIDE];
    }

    /**
     * A resampler with an empty past.
     *
     * @throws IllegalArgumentException if a rate is not one of {@link #RATES}
     */
    public static Resampler between(int fromHz, int toHz) {
        checkRate("fromHz", fromHz);
        checkRate("toHz", toHz);
        return new Resampler(fromHz, toHz);
    }

    /** The whole of {@code clip} at another rate, without the delay: {@code ceil(length·to/from)} samples. */
    public static short[] convert(short[] clip, int fromHz, int toHz) {
        Resampler resampler = between(fromHz, toHz);
        short[] out = new short[resampler.maxOutput(clip.length) + resampler.delaySamples()];
        int count = resampler.process(clip, 0, clip.length, out, 0);
        count += resampler.flush(out, count);
        return Arrays.copyOfRange(out, resampler.delaySamples(), count);
    }

    /** Samples a second of what goes in. */
    public int fromHz() {
        return fromHz;
    }

    /** Samples a second of what comes out. */
    public int toHz() {
        return toHz;
    }

    /** By how many samples of the output rate a signal comes later than it went in. */
    public int delaySamples() {
        return fromHz == toHz ? 0 : filter.delay;
    }

    /** By how much a signal comes later than it went in. */
    public Duration delay() {
        return Duration.ofNanos(1_000_000_000L * delaySamples() / toHz);
    }

    /** The most samples that {@link #process} can give for a block of {@code length} samples. */
    public int maxOutput(int length) {
        return Math.toIntExact(((long) length * filter.up + filter.down - 1) / filter.down);
    }

    /**
     * Takes a block in and gives what can be told by then.
     *
     * @return the number of samples written to {@code out}, at most {@link #maxOutput maxOutput(count)}
     * @throws IndexOutOfBoundsException if the input range does not lie within its array, or {@code out} has less than
     *     {@code maxOutput(count)} samples from its offset on; nothing is taken in then
     */
    public int process(short[] in, int inOffset, int count, short[] out, int outOffset) {
        Objects.checkFromIndexSize(inOffset, count, in.length);
        Objects.checkFromIndexSize(outOffset, maxOutput(count), out.length);
        if (fromHz == toHz) {
            System.arraycopy(in, inOffset, out, outOffset, count);
            return count;
        }
        int written = 0;
        for (int done = 0; done < count; done += STRIDE) {
            int stride = Math.min(STRIDE, count - done);
            int past = filter.taps - 1;
            for (int i = 0; i < stride; i++) {
                line[past + i] = in[inOffset + done + i];
            }
            written += emit(stride, out, outOffset + written, Integer.MAX_VALUE);
        }
        return written;
    }

    /**
     * Gives what is still inside, as if silence followed, and forgets the stream.
     *
     * @return the number of samples written to {@code out}: {@link #delaySamples()}
     * @throws IndexOutOfBoundsException if {@code out} has less than that from its offset on
     */
    public int flush(short[] out, int outOffset) {
        int wanted = delaySamples();
        Objects.checkFromIndexSize(outOffset, wanted, out.length);
        int written = 0;
        while (written < wanted) {
            Arrays.fill(line, filter.taps - 1, line.length, 0);
            written += emit(STRIDE, out, outOffset + written, wanted - written);
        }
        reset();
        return written;
    }

    /** Forgets the stream: the next block begins another one. */
    public void reset() {
        Arrays.fill(line, 0);
        index = 0;
        phase = 0;
    }

    private int emit(int stride, short[] out, int outOffset, int most) {
        int whole = filter.down / filter.up;
        int rest = filter.down % filter.up;
        int written = 0;
        while (index < stride && written < most) {
            out[outOffset + written++] = rounded(convolve(index, phase * filter.taps));
            index += whole;
            phase += rest;
            if (phase >= filter.up) {
                phase -= filter.up;
                index++;
            }
        }
        index -= stride;
        System.arraycopy(line, stride, line, 0, filter.taps - 1);
        return written;
    }

    /** Eight sums side by side: one alone would wait for each addition before it starts the next. */
    private float convolve(int x, int c) {
        float[] samples = line;
        float[] weights = filter.coefficients;
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int k = 0; k < filter.taps; k += 8) {
            s0 += samples[x + k] * weights[c + k];
            s1 += samples[x + k + 1] * weights[c + k + 1];
            s2 += samples[x + k + 2] * weights[c + k + 2];
            s3 += samples[x + k + 3] * weights[c + k + 3];
            s4 += samples[x + k + 4] * weights[c + k + 4];
            s5 += samples[x + k + 5] * weights[c + k + 5];
            s6 += samples[x + k + 6] * weights[c + k + 6];
            s7 += samples[x + k + 7] * weights[c + k + 7];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }

    private static short rounded(float value) {
        return (short) Math.clamp(Math.round(value), Short.MIN_VALUE, Short.MAX_VALUE);
    }

    private static void checkRate(String name, int hz) {
        if (!RATES.contains(hz)) {
            throw new IllegalArgumentException(name + " is " + hz + ", allowed are " + RATES);
        }
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
