package dev.dialplane.local.caller.speech;

import dev.dialplane.audio.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds where there is speech in a clean recording, by energy, to 10 ms.
 *
 * <p>A block of 10 ms is speech if it is no more than {@value #BELOW_LOUD_DB} dB below the recording's loud parts (the
 * 95th percentile of its blocks above −60 dBov) and at least {@value #ABOVE_FLOOR_DB} dB above its quiet ones (the 5th
 * percentile of all). For speech at the nominal level of a telephone line that is about −45 dBov: what lies below it is
 * a breath or the decay of a sound, not speech that anybody waits for.
 */
public final class SpeechSpans {
    /** How far below the loud parts speech may be. */
    public static final double BELOW_LOUD_DB = 25;
    /** How far above the noise it must be. */
    public static final double ABOVE_FLOOR_DB = 8;

    private static final double SILENCE_DBOV = -60;
    private static final int BLOCK = Mouth.RATE / 100;

    private SpeechSpans() {}

    /**
     * The stretches of speech in samples of 8 kHz, in order, each a multiple of 10 ms.
     *
     * @param gapMs pauses shorter than this belong to the speech around them
     */
    public static List<Span> of(short[] samples, int gapMs) {
        double[] levels = new double[samples.length / BLOCK];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = Level.dBov(samples, i * BLOCK, BLOCK);
        }
        double threshold = threshold(levels);
        List<Span> spans = new ArrayList<>();
        int start = -1;
        int last = -1;
        for (int i = 0; i < levels.length; i++) {
            if (levels[i] < threshold) {
                continue;
            }
            if (start < 0) {
                start = i;
            } else if ((i - last - 1) * 10 >= gapMs) {
                spans.add(new Span(start * BLOCK, (last + 1) * BLOCK));
                start = i;
            }
            last = i;
        }
        if (start >= 0) {
            spans.add(new Span(start * BLOCK, (last + 1) * BLOCK));
        }
        return spans;
    }

    /** The level in dBov from which on a block is speech; above 0 if nothing is. */
    static double threshold(double[] levels) {
        double[] sorted = levels.clone();
        Arrays.sort(sorted);
        double[] sounding =
                Arrays.stream(sorted).filter(level -> level > SILENCE_DBOV).toArray();
        if (sounding.length == 0) {
            return 1;
        }
        double loud = sounding[(int) (0.95 * (sounding.length - 1))];
        double floor = sorted[(int) (0.05 * (sorted.length - 1))];
        // A recording without a quiet part has no floor to tell: its speech is all that is loud enough.
        double above = floor < loud - BELOW_LOUD_DB / 2 ? floor + ABOVE_FLOOR_DB : SILENCE_DBOV;
        return Math.max(loud - BELOW_LOUD_DB, above);
    }
}
