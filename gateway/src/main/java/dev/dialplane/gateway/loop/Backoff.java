package dev.dialplane.gateway.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next try: twice as long each time, between the bounds, and somewhere in the upper half. */
public final class Backoff {
    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private int failures;

    /** From {@code first} up to {@code longest}. */
    public Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** After one more failure. */
    public Duration next() {
        long full = Math.min(longest.toNanos(), first.toNanos() << Math.min(failures, 20));
        failures++;
        return Duration.ofNanos(full / 2 + (long) (random.nextDouble() * (full - full / 2)));
    }

    /** It worked. */
    public void reset() {
        failures = 0;
    }
}
