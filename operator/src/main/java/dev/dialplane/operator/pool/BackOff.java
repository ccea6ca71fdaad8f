package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;

/**
 * How long to wait before the next pod when new ones die before they were ever ready. A value.
 *
 * @param failures in a row
 * @param until no pod is created before this
 * @param last why the last one died
 */
public record BackOff(int failures, Instant until, String last) {

    /** No failure. */
    public static final BackOff NONE = new BackOff(0, Instant.EPOCH, "");

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** Returns the back-off after one more pod died before it was ever ready. */
    public BackOff failed(Instant now, String why) {
        Duration wait = FIRST.multipliedBy(1L << Math.min(failures, 16));
        return new BackOff(failures + 1, now.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait), why);
    }

    /** Returns whether pods may be created. */
    public boolean over(Instant now) {
        return !until.isAfter(now);
    }
}
