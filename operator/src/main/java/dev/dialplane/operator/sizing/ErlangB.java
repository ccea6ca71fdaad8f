package dev.dialplane.operator.sizing;

/**
 * The Erlang B formula: the share of calls that find every agent busy when calls come at random and do not wait
 * (ITU-T E.501, and any textbook on teletraffic).
 */
public final class ErlangB {

    /** Beyond this many agents a single step of the recurrence no longer moves what a pool needs. */
    private static final int MOST_AGENTS = 1_000_000;

    private ErlangB() {}

    /**
     * Returns the probability that a call is blocked.
     *
     * <p>By the recurrence {@code B(0) = 1, B(n) = A·B(n−1) / (n + A·B(n−1))}, which only adds and divides positive
     * numbers and therefore neither overflows nor cancels, however many agents there are.
     *
     * @param offeredErlangs the load A: arrivals times mean duration, 0 or more
     * @param agents how many there are, 0 or more
     */
    public static double blocking(double offeredErlangs, int agents) {
        requireLoad(offeredErlangs);
        if (agents < 0) {
            throw new IllegalArgumentException("agents must be 0 or more, not " + agents);
        }
        double blocking = offeredErlangs == 0 ? 0 : 1;
        for (int n = 1; n <= agents; n++) {
            double carried = offeredErlangs * blocking;
            blocking = carried / (n + carried);
        }
        return blocking;
    }

    /**
     * Returns the fewest agents with which at most the given share of calls is blocked.
     *
     * @param offeredErlangs the load, 0 or more
     * @param blocking above 0 and below 1
     */
    public static int agents(double offeredErlangs, double blocking) {
        requireLoad(offeredErlangs);
        if (!(blocking > 0 && blocking < 1)) {
            throw new IllegalArgumentException("blocking must be above 0 and below 1, not " + blocking);
        }
        if (offeredErlangs == 0) {
            return 0;
        }
        double probability = 1;
        int n = 0;
        while (probability > blocking && n < MOST_AGENTS) {
            n++;
            double carried = offeredErlangs * probability;
            probability = carried / (n + carried);
        }
        return n;
    }

    private static void requireLoad(double offeredErlangs) {
        if (!(offeredErlangs >= 0) || Double.isInfinite(offeredErlangs)) {
            throw new IllegalArgumentException("offeredErlangs must be 0 or more, not " + offeredErlangs);
        }
    }
}
