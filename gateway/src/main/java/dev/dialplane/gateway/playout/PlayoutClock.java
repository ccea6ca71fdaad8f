package dev.dialplane.gateway.playout;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The one clock of all calls: a thread that wakes on an absolute schedule, every 5 ms while anything is due, and has each
 * home thread tick those of its calls.
 *
 * <p>The period divides a frame, so that every frame of a call leaves at the same place between two of its wakes. A home
 * that is still at its last tick is not given another: what is due is decided by the time, not by the number of ticks. A
 * home whose calls all rest is left alone until one is due: thousands of calls in which nobody speaks cost next to nothing.
 */
public final class PlayoutClock implements AutoCloseable {
    /** ns between two wakes. */
    public static final long PERIOD_NANOS = 5_000_000;

    /** Something that wants to be ticked on its home thread. */
    @FunctionalInterface
    public interface Ticking {
        /**
         * Does what is due.
         *
         * @param now {@link System#nanoTime()}
         * @return by when it wants to be ticked again, ns; it may be sooner, at every wake of its home
         */
        long tick(long now);
    }

    private final Map<Executor, Home> homes = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;
    /** A home is due sooner than the thread thought when it went to sleep. */
    private volatile boolean sooner;

    /** Starts the clock's thread. */
    public PlayoutClock() {
        thread = Thread.ofPlatform()
                .name("playout-clock")
                .daemon()
                .priority(Thread.MAX_PRIORITY)
                .start(this::run);
    }

    /**
     * Ticks {@code ticking} on {@code home}, one thread's executor, until it is removed. To be called on the home's thread:
     * from another one, the home may just be about to rest without it.
     */
    public void add(Executor home, Ticking ticking) {
        homes.computeIfAbsent(home, Home::new).members.add(ticking);
        soon(home);
    }

    /** Ticks at the next wake, whatever the home's members said. To be called on the home's thread. */
    public void soon(Executor home) {
        Home at = homes.get(home);
        if (at != null) {
            at.due = Long.MIN_VALUE;
            sooner = true;
            LockSupport.unpark(thread);
        }
    }

    /** Stops ticking it; it may be ticked once more if that is under way on another thread. */
    public void remove(Executor home, Ticking ticking) {
        Home at = homes.get(home);
        if (at != null) {
            at.members.remove(ticking);
        }
    }

    /** How many are being ticked. */
    public int size() {
        return homes.values().stream().mapToInt(h -> h.members.size()).sum();
    }

    private void run() {
        long next = System.nanoTime();
        while (!closed) {
            sooner = false;
            long due = Long.MAX_VALUE;
            for (Home home : homes.values()) {
                due = Math.min(due, home.wakeIfDue(System.nanoTime()));
            }
            if (due == Long.MAX_VALUE) {
                if (!sooner) {
                    LockSupport.park(this);
                }
                next = System.nanoTime();
                continue;
            }
            next = sleep(next, due);
        }
    }

    /** Sleeps until the first wake after {@code last} at which something is due; returns when that was to be. */
    private long sleep(long last, long due) {
        long now = System.nanoTime();
        long first = Math.max(last + PERIOD_NANOS, now - now % PERIOD_NANOS);
        long periods = due <= first ? 0 : (due - first + PERIOD_NANOS - 1) / PERIOD_NANOS;
        long next = first + periods * PERIOD_NANOS;
        for (long left = next - now; left > 0 && !closed; left = next - now) {
            LockSupport.parkNanos(this, left);
            now = System.nanoTime();
            if (sooner && next - now > PERIOD_NANOS) {
                next -= (next - now) / PERIOD_NANOS * PERIOD_NANOS;
            }
        }
        return next;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private static final class Home implements Runnable {
        private final Executor executor;
        private final Set<Ticking> members = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean waking = new AtomicBoolean();
        /** When the first of the members is; written on the home's thread. */
        private volatile long due = Long.MIN_VALUE;

        Home(Executor executor) {
            this.executor = executor;
        }

        /** Has the members ticked if one is due; returns when one is, {@link Long#MAX_VALUE} without members. */
        long wakeIfDue(long now) {
            if (members.isEmpty()) {
                return Long.MAX_VALUE;
            }
            long first = due;
            if (first <= now && waking.compareAndSet(false, true)) {
                try {
                    executor.execute(this);
                } catch (RejectedExecutionException e) {
                    members.clear();
                }
            }
            return first;
        }

        @Override
        public void run() {
            waking.set(false);
            long now = System.nanoTime();
            long first = Long.MAX_VALUE;
            for (Ticking member : members) {
                first = Math.min(first, member.tick(now));
            }
            due = first;
        }
    }
}
