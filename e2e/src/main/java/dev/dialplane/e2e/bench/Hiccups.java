package dev.dialplane.e2e.bench;

import java.util.concurrent.locks.LockSupport;

/**
 * By how much a thread is late that wants nothing but to wake every 5 ms, from its beginning to its end: what a machine's
 * scheduler, its neighbours and this process's garbage collection do to whoever keeps time on it. What is measured beside it
 * on the same cores is seldom more even than that. The measure is jHiccup's (Gil Tene, CC0), with a wake that was missed
 * counted as late as it was.
 */
final class Hiccups implements AutoCloseable {
    private static final long PERIOD_NANOS = 5_000_000;

    private final Samples late = new Samples();
    private final Thread thread = Thread.ofPlatform().name("hiccups").daemon().start(this::run);
    private volatile boolean closed;

    private void run() {
        long due = System.nanoTime();
        while (!closed) {
            due += PERIOD_NANOS;
            long now = System.nanoTime();
            while (now < due && !closed) {
                LockSupport.parkNanos(this, due - now);
                now = System.nanoTime();
            }
            if (!closed) {
                late.add((now - due) / 1e6);
            }
        }
    }

    /** The row of what was seen so far; it has no target. */
    Report.Row row() {
        return Report.Row.of("hiccups of the machine", "ms", late, "", null);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
