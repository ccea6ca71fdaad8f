package dev.dialplane.gateway.fake;

import dev.dialplane.audio.Level;
import org.jspecify.annotations.Nullable;

/** Finds tones in linear samples, by Goertzel's algorithm. */
public final class Goertzel {
    private static final int[] LOW = {697, 770, 852, 941};
    private static final int[] HIGH = {1209, 1336, 1477, 1633};
    private static final String KEYS = "123A456B789C*0#D";

    private Goertzel() {}

    /** The level of a sine of {@code hz}, dBov. */
    public static double dBov(short[] samples, int offset, int count, double hz, int rate) {
        double coefficient = 2 * Math.cos(2 * Math.PI * hz / rate);
        double last = 0;
        double before = 0;
        for (int i = offset; i < offset + count; i++) {
            double now = samples[i] + coefficient * last - before;
            before = last;
            last = now;
        }
        double power = last * last + before * before - coefficient * last * before;
        double meanSquare = 2 * power / ((double) count * count);
        return meanSquare == 0 ? Level.SILENCE : 10 * Math.log10(meanSquare) - 20 * Math.log10(32_768);
    }

    /** Which key sounds, and nothing else: one tone of each group above -20 dBov. */
    public static @Nullable Character key(short[] samples, int offset, int count, int rate) {
        int low = -1;
        int high = -1;
        for (int i = 0; i < 4; i++) {
            if (dBov(samples, offset, count, LOW[i], rate) > -20) {
                if (low >= 0) {
                    return null;
                }
                low = i;
            }
            if (dBov(samples, offset, count, HIGH[i], rate) > -20) {
                if (high >= 0) {
                    return null;
                }
                high = i;
            }
        }
        return low < 0 || high < 0 ? null : KEYS.charAt(4 * low + high);
    }
}
