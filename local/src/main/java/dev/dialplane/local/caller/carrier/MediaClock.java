package dev.dialplane.local.caller.carrier;

import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that gives every line its beat, each on an absolute schedule: a beat that comes late makes no later one
 * late, and none is left out. So what is measured against it is open-loop.
 */
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

    private static final class Entry implements Comparable<Entry> {
        final Beat beat;
        final long periodNanos;
        long due;
        long index;

        Entry(Beat beat, long firstDue, long periodNanos) {
            this.beat = beat;
            this.due = firstDue;
            this.periodNanos = periodNanos;
        }

        @Override
        public int compareTo(Entry other) {
            return Long.signum(due - other.due);
        }
    }

    private static final long LONGEST_WAIT_NANOS = 500_000_000;

    private final ConcurrentLinkedQueue<Entry> arriving = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    /** A clock that runs until it is closed. */
    public MediaClock() {
        thread = Thread.ofPlatform().name("media-clock").daemon().unstarted(this::run);
        thread.setPriority(Thread.MAX_PRIORITY);
        thread.start();
    }

    /** Begins a row of beats, the first at {@code firstDueNanos} by {@link System#nanoTime()}. */
    public void every(long periodNanos, long firstDueNanos, Beat beat) {
        arriving.add(new Entry(beat, firstDueNanos, periodNanos));
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            for (Entry entry = arriving.poll(); entry != null; entry = arriving.poll()) {
                entries.add(entry);
            }
            Entry next = entries.peek();
            long wait = next == null ? LONGEST_WAIT_NANOS : next.due - System.nanoTime();
            if (next == null || wait > 0) {
                LockSupport.parkNanos(this, Math.min(wait, LONGEST_WAIT_NANOS));
                continue;
            }
            entries.remove();
            if (alive(next)) {
                next.due += next.periodNanos;
                next.index++;
                entries.add(next);
            }
        }
    }

    /** One line's failure must not stop the others. */
    private static boolean alive(Entry entry) {
        try {
            return entry.beat.beat(entry.index, entry.due);
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            return false;
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
