package dev.dialplane.inference.timing;

import java.time.Duration;

/** A monotonic clock, and things to be done later by it. */
public interface Timers {
    /** Nanoseconds since an arbitrary origin, never running backward. */
    long nanos();

    /** Runs {@code task} once, no earlier than after {@code delay}. It must not block: all timers share a thread. */
    Cancellable after(Duration delay, Runnable task);

    /** Whole milliseconds since a former {@link #nanos()}, rounded. */
    default int millisSince(long nanos) {
        return (int) Math.clamp((nanos() - nanos + 500_000) / 1_000_000, 0, Integer.MAX_VALUE);
    }
}
