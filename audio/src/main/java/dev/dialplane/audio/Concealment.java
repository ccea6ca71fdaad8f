package dev.dialplane.audio;

import java.util.Objects;

/**
 * Hides what a line has lost, in the manner of ITU-T G.711 Appendix I: the last pitch period is repeated, at full level for
 * 10 ms and then fading to silence, which it reaches after 60 ms; where the line comes back, the two are mixed over 5 ms.
 *
 * <p>Of the Appendix, two things are left out: its delay of 3.75 ms, in place of which the step between the last sample
 * heard and the first one made is spread over a quarter of a period; and its second and third period, which only losses of
 * more than 10 ms have.
 *
 * <p>For one stream and one thread; allocates nothing after construction.
 */
public final class Concealment {
    /** After so much of a loss nothing is heard any more, ms. */
    public static final int SILENT_AFTER = 60;

    private static final int FULL_MS = 10;
    private static final int MERGE_MS = 5;
    /** Pitches of 66 to 200 Hz, as in the Appendix; a higher voice repeats two or three of its periods. */
    private static final int LONGEST_PERIOD_MS = 15;

    private static final int SHORTEST_PERIOD_MS = 5;
    private static final int COMPARED_MS = 20;

    private final int full;
    private final int silent;
    private final int merge;
    private final int shortest;
    private final int longest;
    private final int compared;

    /** The last samples that went out, the newest at the end. */
    private final short[] history;

    private final float[] period;
    private int periodLength;
    /** By how much the first sample made would jump, and over how many samples that is spread. */
    private float step;

    private int spread;
    /** Samples made since the loss began; -1 while there is none. */
    private int made = -1;

    /** A stream of which nothing was heard: what is lost before anything was is silence. */
    public Concealment(int rate) {
        Tone.checkRate(rate);
        full = FULL_MS * rate / 1000;
        silent = SILENT_AFTER * rate / 1000;
        merge = MERGE_MS * rate / 1000;
        shortest = SHORTEST_PERIOD_MS * rate / 1000;
        longest = LONGEST_PERIOD_MS * rate / 1000;
        compared = COMPARED_MS * rate / 1000;
        // Both windows of the search, and a quarter of a period before the last one.
        history = new short[compared + longest + longest / 4 + 1];
        period = new float[longest];
    }

    /** What came, in order. After a loss, its first 5 ms are changed in place. */
    public void heard(short[] samples, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, samples.length);
        if (made >= 0 && count > 0) {
            int mixed = Math.min(merge, count);
            for (int i = 0; i < mixed; i++) {
                float share = (i + 1f) / (mixed + 1);
                samples[offset + i] = Mix.clip(Math.round(share * samples[offset + i] + (1 - share) * next()));
            }
            made = -1;
        }
        remember(samples, offset, count);
    }

    /** Makes what did not come. */
    public void conceal(short[] out, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, out.length);
        if (made < 0) {
            begin();
        }
        for (int i = 0; i < count; i++) {
            out[offset + i] = Mix.clip(Math.round(next()));
        }
        remember(out, offset, count);
    }

    /** Samples before a loss that what is made of it depends on; who has not heard more of them need not have. */
    public int memory() {
        return history.length;
    }

    /** Whether what is lost is being made, and what comes next will be mixed with it. */
    public boolean conceals() {
        return made >= 0;
    }

    private void begin() {
        made = 0;
        int end = history.length;
        periodLength = pitch();
        int before = end - periodLength;
        for (int i = 0; i < periodLength; i++) {
            period[i] = history[before + i];
        }
        // Its end runs into what came before its beginning, so that it repeats without a seam.
        int seam = periodLength / 4;
        for (int i = 0; i < seam; i++) {
            float share = (i + 1f) / (seam + 1);
            int at = periodLength - seam + i;
            period[at] = (1 - share) * period[at] + share * history[before - seam + i];
        }
        step = history[end - 1] - history[before - 1];
        spread = seam;
    }

    private float next() {
        int k = made++;
        if (k >= silent) {
            made = silent;
            return 0;
        }
        float gain = k < full ? 1 : (float) (silent - k) / (silent - full);
        float value = period[k % periodLength];
        if (k < spread) {
            value += step * (spread - k) / (spread + 1);
        }
        return gain * value;
    }

    /** The lag at which the last 20 ms are most like what came before. */
    private int pitch() {
        int coarse = shortest;
        double best = Double.NEGATIVE_INFINITY;
        for (int lag = shortest; lag <= longest; lag += 2) {
            double likeness = likeness(lag, 2);
            if (likeness > best) {
                best = likeness;
                coarse = lag;
            }
        }
        int found = coarse;
        best = Double.NEGATIVE_INFINITY;
        for (int lag = Math.max(shortest, coarse - 1); lag <= Math.min(longest, coarse + 1); lag++) {
            double likeness = likeness(lag, 1);
            if (likeness > best) {
                best = likeness;
                found = lag;
            }
        }
        return found;
    }

    /** The normalized cross-correlation of the last 20 ms with those {@code lag} samples earlier. */
    private double likeness(int lag, int stride) {
        double product = 0;
        double energy = 1;
        for (int i = history.length - compared; i < history.length; i += stride) {
            product += (double) history[i] * history[i - lag];
            energy += (double) history[i - lag] * history[i - lag];
        }
        return product / Math.sqrt(energy);
    }

    private void remember(short[] samples, int offset, int count) {
        int kept = Math.min(count, history.length);
        System.arraycopy(history, kept, history, 0, history.length - kept);
        System.arraycopy(samples, offset + count - kept, history, history.length - kept, kept);
    }
}
