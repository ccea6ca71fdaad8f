package dev.dialplane.operator.sizing;

/**
 * Turns what gateways count into a {@link Load}, by a fast and a slow moving average. A value: every step returns a new
 * one. Times are seconds on any clock that does not go back.
 *
 * @param time the time of the last step
 * @param inSystem calls that ring, wait or talk
 * @param busy calls that hold an agent
 * @param fast mean of {@code inSystem} over about {@link #FAST_SECONDS}
 * @param slow mean of {@code inSystem} over about {@link #SLOW_SECONDS}
 * @param fastArrivals arrivals per second over about {@link #FAST_SECONDS}
 * @param slowArrivals arrivals per second over about {@link #SLOW_SECONDS}
 * @param fastRefused refusals per second over about {@link #FAST_SECONDS}
 * @param slowRefused refusals per second over about {@link #SLOW_SECONDS}
 */
public record LoadMeter(
        double time,
        int inSystem,
        int busy,
        double fast,
        double slow,
        double fastArrivals,
        double slowArrivals,
        double fastRefused,
        double slowRefused) {

    /** Follows a burst. */
    static final double FAST_SECONDS = 10;

    /** Remembers the last minutes. */
    static final double SLOW_SECONDS = 300;

    /** How long a call lasts as long as none was seen to the end; the mean that sizing tables are made for. */
    static final double USUAL_CALL_SECONDS = 180;

    /** Below this rate the mean duration of calls cannot be told from averages. */
    private static final double TOO_FEW_PER_SECOND = 1e-4;

    /** A meter that has seen nothing. */
    public static LoadMeter from(double time) {
        return new LoadMeter(time, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Lets time pass without news. */
    public LoadMeter at(double now) {
        double elapsed = Math.max(0, now - time);
        double keepFast = Math.exp(-elapsed / FAST_SECONDS);
        double keepSlow = Math.exp(-elapsed / SLOW_SECONDS);
        return new LoadMeter(
                Math.max(time, now),
                inSystem,
                busy,
                inSystem + (fast - inSystem) * keepFast,
                inSystem + (slow - inSystem) * keepSlow,
                fastArrivals * keepFast,
                slowArrivals * keepSlow,
                fastRefused * keepFast,
                slowRefused * keepSlow);
    }

    /**
     * Takes in what gateways counted.
     *
     * @param now when
     * @param arrived calls that came since the last step, refused ones too
     * @param refused calls refused since the last step
     * @param inSystemNow calls that ring, wait or talk now
     * @param busyNow calls that hold an agent now
     */
    public LoadMeter counted(double now, long arrived, long refused, int inSystemNow, int busyNow) {
        LoadMeter passed = at(now);
        return new LoadMeter(
                passed.time,
                inSystemNow,
                busyNow,
                passed.fast,
                passed.slow,
                passed.fastArrivals + arrived / FAST_SECONDS,
                passed.slowArrivals + arrived / SLOW_SECONDS,
                passed.fastRefused + refused / FAST_SECONDS,
                passed.slowRefused + refused / SLOW_SECONDS);
    }

    /** Returns the load as it is judged now. */
    public Load load() {
        double accepted = slowArrivals - slowRefused;
        // Little's law: calls at once are arrivals times duration.
        double callSeconds = accepted > TOO_FEW_PER_SECOND && slow > 0 ? slow / accepted : USUAL_CALL_SECONDS;
        double lost = Math.max(fastRefused, slowRefused) * Math.min(callSeconds, 10 * USUAL_CALL_SECONDS);
        // A mean over time constant T lags a ramp by T, so the two lags' difference is the ramp's slope.
        double growth = Math.max(0, (fast - slow) / (SLOW_SECONDS - FAST_SECONDS));
        return new Load(busy, Math.max(fast, slow) + lost, Math.max(fastArrivals, slowArrivals), growth);
    }
}
