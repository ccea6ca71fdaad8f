package dev.dialplane.audio;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The coefficients of a rational rate change by {@code up/down}: a Kaiser-windowed low-pass, cut into {@code up} phases.
 *
 * <p>Designed by Kaiser's formulas (Oppenheim and Schafer, <i>Discrete-Time Signal Processing</i>, 7.6) for a stop band
 * 84 dB down that starts at half the lower rate, so nothing folds back, and a pass band that ends at 0.85 of that: 3,400 Hz
 * at 8 kHz, the upper edge of the telephone band (ITU-T G.712). That takes 72 periods of the lower rate.
 *
 * <p>Immutable and shared: one per pair of rates in the process.
 */
final class PolyphaseFilter {
    private static final double PASS = 0.85;
    private static final double STOP_DB = 84;
    /** Half the filter's length in periods of the lower rate. */
    private static final int REACH = 36;

    private static final ConcurrentHashMap<Long, PolyphaseFilter> CACHE = new ConcurrentHashMap<>();

    final int up;
    final int down;
    /** Taps in each phase, a multiple of 8 (the inner loop's stride); leading ones may be zero. */
    final int taps;
    /** Delay in samples of the output rate: whole by construction. */
    final int delay;
    /** Phase after phase, oldest sample's coefficient first. */
    final float[] coefficients;

    private PolyphaseFilter(int up, int down) {
        this.up = up;
        this.down = down;
        int longer = Math.max(up, down);
        delay = REACH * longer / down;
        int center = delay * down;
        // From -center + 1 to center - 1: one tap short of a whole number of periods, so that no phase needs one more.
        int length = 2 * center;
        int perPhase = (length + up - 1) / up;
        taps = (perPhase + 7) / 8 * 8;
        coefficients = new float[up * taps];

        double beta = 0.1102 * (STOP_DB - 8.7);
        double cutoff = (PASS + 1) / 2 / longer;
        double norm = besselI0(beta);
        double[] prototype = new double[length];
        double sum = 0;
        for (int n = 1; n < length; n++) {
            double t = n - center;
            double edge = t / center;
            double window = besselI0(beta * Math.sqrt(1 - edge * edge)) / norm;
            double x = Math.PI * t * cutoff;
            prototype[n] = window * (t == 0 ? 1 : Math.sin(x) / x);
            sum += prototype[n];
        }
        for (int n = 0; n < length; n++) {
            int age = n / up;
            coefficients[n % up * taps + (taps - 1 - age)] = (float) (prototype[n] * up / sum);
        }
    }

    /** The filter for {@code up/down}, which must be in lowest terms. */
    static PolyphaseFilter of(int up, int down) {
        return CACHE.computeIfAbsent((long) up << 32 | down, _ -> new PolyphaseFilter(up, down));
    }

    /** Modified Bessel function of the first kind and order zero, by its power series. */
    private static double besselI0(double x) {
        double term = 1;
        double sum = 1;
        for (int k = 1; term > sum * 1e-17; k++) {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
