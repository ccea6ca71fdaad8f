package dev.dialplane.gateway.call;

import dev.dialplane.gateway.carrier.NextStep;
import dev.dialplane.gateway.playout.Playout;
import java.time.Duration;

/**
 * How a call leaves its carrier: once the caller has heard what is still to be heard.
 *
 * @param next what the carrier does then
 * @param generation the last that is to be heard
 * @param sample up to which it is; {@link #ALL} for as far as it goes
 */
record Departure(NextStep next, long generation, long sample) {
    /** All that there is. */
    static final long ALL = Long.MAX_VALUE;

    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Whether the caller has heard it. */
    boolean heard(long now, Playout playout) {
        return sample == ALL ? playout.quiet(now) : playout.settled(now, generation, sample);
    }

    /** How long that may take, where {@code wishedMs} is what was asked for; 0 for nothing. */
    static Duration atMost(long wishedMs) {
        return wishedMs > 0 && wishedMs < LONGEST.toMillis() ? Duration.ofMillis(wishedMs) : LONGEST;
    }
}
