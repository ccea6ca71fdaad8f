package dev.dialplane.audio;

import java.util.List;
import java.util.Objects;

/**
 * A tone of one or more sines with a cadence, sample by sample: ringback, hold tone, test tones, DTMF digits.
 *
 * <p>Sounds and pauses meet in ramps of 5 ms, so that nothing clicks. The result does not depend on how it is cut into
 * blocks, and does not drift: phases are 32-bit integers. For one thread at a time; allocates nothing after construction.
 */
public final class Tone {
    /** One sine: its frequency in Hz, and its level in dBov while it sounds (−3.01 is full scale). */
    public record Sine(double hz, double dBov) {}

    private static final int TABLE_BITS = 11;
    private static final float[] TABLE = table();
    private static final int RAMP_MILLIS = 5;
    /** Keeps the level of a tone that is fully modulated: 1 + cos has a mean square of 3/2. */
    private static final float MODULATED = (float) Math.sqrt(2.0 / 3);

    private final int[] increments;
    private final float[] amplitudes;
    private final int[] phases;
    /** Where sounds and pauses take turns, in samples since the cadence began; sound first. Empty: no pause. */
    private final long[] edges;

    private final int ramp;
    private final int modulation;
    private int modulationPhase;
    private long position;

    private Tone(int rate, List<Sine> sines, double modulationHz, int... cadenceMillis) {
        checkRate(rate);
        double peak = 0;
        increments = new int[sines.size()];
        amplitudes = new float[sines.size()];
        phases = new int[sines.size()];
        for (int i = 0; i < sines.size(); i++) {
            Sine sine = sines.get(i);
            if (!(sine.hz() > 0 && sine.hz() < rate / 2.0)) {
                throw new IllegalArgumentException(
                        "hz is " + sine.hz() + ", allowed is more than 0 and less than half the rate of " + rate);
            }
            increments[i] = increment(sine.hz(), rate);
            amplitudes[i] = (float) (Level.rmsOf(sine.dBov()) * Math.sqrt(2));
            peak += amplitudes[i];
        }
        if (!(peak <= 32_768.5)) {
            throw new IllegalArgumentException(
                    "dBov of " + sines + " adds up to a peak of " + Math.round(peak) + ", allowed is 32768");
        }
        modulation = increment(modulationHz, rate);
        ramp = RAMP_MILLIS * rate / 1000;
        edges = new long[cadenceMillis.length];
        long at = 0;
        for (int i = 0; i < cadenceMillis.length; i++) {
            if (cadenceMillis[i] < 2 * RAMP_MILLIS) {
                throw new IllegalArgumentException(
                        "cadenceMillis has " + cadenceMillis[i] + ", allowed is " + 2 * RAMP_MILLIS + " and more");
            }
            at += (long) cadenceMillis[i] * rate / 1000;
            edges[i] = at;
        }
    }

    /** A sine without end, from phase zero. */
    public static Tone sine(double hz, double dBov, int rate) {
        return new Tone(rate, List.of(new Sine(hz, dBov)), 0);
    }

    /**
     * Sines that sound together, with a repeating cadence.
     *
     * @param cadenceMillis how long they sound, pause, sound, ..., in ms, 10 or more each, an even number of times; none
     *     for a tone without pause
     */
    public static Tone of(int rate, List<Sine> sines, int... cadenceMillis) {
        if (cadenceMillis.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "cadenceMillis has " + cadenceMillis.length + " parts, allowed is an even number");
        }
        return new Tone(rate, sines, 0, cadenceMillis);
    }

    /** What a caller hears while it rings at the other end: figures of ITU-T E.180 Supplement 2, at −19 dBov. */
    public static Tone ringback(Country country, int rate) {
        return switch (country) {
            case INDIA -> new Tone(rate, List.of(new Sine(400, -19)), 25, 400, 200, 400, 2000);
            case UNITED_KINGDOM ->
                new Tone(rate, List.of(new Sine(400, -22), new Sine(450, -22)), 0, 400, 200, 400, 2000);
            case UNITED_STATES -> new Tone(rate, List.of(new Sine(440, -22), new Sine(480, -22)), 0, 2000, 4000);
            case EUROPE -> new Tone(rate, List.of(new Sine(425, -19)), 0, 1000, 4000);
        };
    }

    /** Whose ringback: Europe's is the 425 Hz of most of its countries. */
    public enum Country {
        INDIA,
        UNITED_KINGDOM,
        UNITED_STATES,
        EUROPE
    }

    /** A soft sign that the line is still open, of our own choice: two notes of 150 ms every 3 s at −28 dBov. */
    public static Tone hold(int rate) {
        return new Tone(rate, List.of(new Sine(440, -31), new Sine(660, -31)), 0, 150, 100, 150, 2600);
    }

    /** Writes the next {@code count} samples. */
    public void fill(short[] out, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, out.length);
        for (int i = offset; i < offset + count; i++) {
            out[i] = Mix.clip(Math.round(next()));
        }
    }

    /** The next {@code count} samples. */
    public short[] take(int count) {
        short[] samples = new short[count];
        fill(samples, 0, count);
        return samples;
    }

    private float next() {
        float sum = 0;
        for (int i = 0; i < phases.length; i++) {
            sum += amplitudes[i] * sine(phases[i]);
            phases[i] += increments[i];
        }
        if (modulation != 0) {
            sum *= MODULATED * (1 + sine(modulationPhase + (1 << 30)));
            modulationPhase += modulation;
        }
        if (edges.length > 0) {
            sum *= envelope(position);
            position++;
            if (position == edges[edges.length - 1]) {
                position = 0;
            }
        }
        return sum;
    }

    private float envelope(long at) {
        int part = 0;
        while (at >= edges[part]) {
            part++;
        }
        if (part % 2 != 0) {
            return 0;
        }
        long since = at - (part == 0 ? 0 : edges[part - 1]);
        long until = edges[part] - at;
        return Math.min(1, Math.min(since, until) / (float) ramp);
    }

    private static int increment(double hz, int rate) {
        return (int) Math.round(hz / rate * 0x1p32);
    }

    private static float[] table() {
        float[] table = new float[(1 << TABLE_BITS) + 1];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) Math.sin(2 * Math.PI * i / (1 << TABLE_BITS));
        }
        return table;
    }

    /** The sine of a phase in units of 2⁻³² turns, within 2·10⁻⁶. */
    private static float sine(int phase) {
        int index = phase >>> (32 - TABLE_BITS);
        float rest = ((phase << TABLE_BITS) >>> TABLE_BITS) * (1f / (1 << (32 - TABLE_BITS)));
        return TABLE[index] + (TABLE[index + 1] - TABLE[index]) * rest;
    }

    static void checkRate(int rate) {
        if (rate < 8_000 || rate > 48_000) {
            throw new IllegalArgumentException("rate is " + rate + ", allowed is 8000 to 48000");
        }
    }
}
