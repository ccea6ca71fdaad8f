package dev.dialplane.e2e.load;

import java.util.SplittableRandom;

/**
 * When calls come and how long each lasts: a Poisson process, and exponential times. The same seed gives the same
 * schedule. What is due does not depend on what became of what was due before.
 */
public final class PoissonSchedule {
    private final SplittableRandom random;
    private final double perSecond;
    private final double holdSeconds;
    private final double longestSeconds;
    private double at;

    /**
     * A schedule.
     *
     * @param perSecond calls per second on average
     * @param holdSeconds how long a call lasts on average
     * @param longestSeconds no call lasts longer
     */
    public PoissonSchedule(long seed, double perSecond, double holdSeconds, double longestSeconds) {
        if (!(perSecond > 0) || !(holdSeconds > 0)) {
            throw new IllegalArgumentException(
                    "calls per second (" + perSecond + ") and seconds per call (" + holdSeconds + ") are above 0");
        }
        this.random = new SplittableRandom(seed);
        this.perSecond = perSecond;
        this.holdSeconds = holdSeconds;
        this.longestSeconds = longestSeconds;
    }

    /**
     * A call that is to come.
     *
     * @param atNanos since the schedule's beginning
     * @param holdNanos how long it lasts from then on
     */
    public record Due(long atNanos, long holdNanos) {}

    /** The next call. */
    public Due next() {
        at += exponential() / perSecond;
        double hold = Math.min(longestSeconds, exponential() * holdSeconds);
        return new Due((long) (at * 1e9), (long) (hold * 1e9));
    }

    private double exponential() {
        return -Math.log(1 - random.nextDouble());
    }
}
