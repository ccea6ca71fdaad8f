package dev.dialplane.local.caller.carrier;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** One thread that gives every line its beat, open-loop, by the rules of {@link BeatSchedule}. */
public final class MediaClock implements AutoCloseable {
    /** Something that happens at a steady pace. Must not block. */
    public interface Beat {
        /**
         * One beat.
         *
         * @param index from 0
         * @param dueNanos when it should come, in {@link System#nanoTime()}
         * @return whether there is to be another one
         */
        boolean beat(long index, long dueNanos);
    }

    private static final long LONGEST_WAIT_NANOS = 500_000_000;

    private final ConcurrentLinkedQueue<Runnable> arriving = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final BeatSchedule schedule;
    private volatile boolean closed;

    /** A clock that runs until it is closed. */
    public MediaClock() {
        thread = Thread.ofPlatform().name("media-clock").daemon().unstarted(this::run);
        thread.setPriority(Thread.MAX_PRIORITY);
        schedule = new BeatSchedule(e -> thread.getUncaughtExceptionHandler().uncaughtException(thread, e));
        thread.start();
    }

    /** Begins a row of beats, the first at {@code firstDueNanos} by {@link System#nanoTime()}. */
    public void every(long periodNanos, long firstDueNanos, Beat beat) {
        arriving.add(() -> schedule.add(periodNanos, firstDueNanos, beat));
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            for (Runnable each = arriving.poll(); each != null; each = arriving.poll()) {
                each.run();
            }
            long wait = schedule.run(System.nanoTime(), LONGEST_WAIT_NANOS);
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
            }
        }
    }

    /** Ends all beats. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
