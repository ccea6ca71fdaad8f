package dev.dialplane.gateway.playout;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one clock of all calls: an absolute schedule of wakes every 5 ms, kept by each home thread's own timer, at which it
 * ticks those of its calls that are due.
 *
 * <p>The period divides a frame, so that every frame of a call leaves at the same place between two of its wakes, and calls
 * that are due together are ticked in one wake. A wake that comes late is not made up for: what is due is decided by the
 * time, not by the number of ticks. A home whose calls all rest is left alone until one is due: thousands of calls in which
 * nobody speaks cost next to nothing. There is no thread of the clock's own, as a frame would have to wait for two threads
 * then, where cores are scarce.
 */
public final class PlayoutClock {
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

    private final Map<ScheduledExecutorService, Home> homes = new ConcurrentHashMap<>();

    /** Ticks {@code ticking} on {@code home}, one thread's executor, until it is removed. To be called on the home's thread. */
    public void add(ScheduledExecutorService home, Ticking ticking) {
        Home at = homes.computeIfAbsent(home, Home::new);
        at.members.add(ticking);
        at.wakeBy(Long.MIN_VALUE);
    }

    /** Ticks at the next wake, whatever the home's members said. To be called on the home's thread. */
    public void soon(ScheduledExecutorService home) {
        Home at = homes.get(home);
        if (at != null) {
            at.wakeBy(Long.MIN_VALUE);
        }
    }

    /** Stops ticking it. To be called on the home's thread. */
    public void remove(ScheduledExecutorService home, Ticking ticking) {
        Home at = homes.get(home);
        if (at != null) {
            at.members.remove(ticking);
        }
    }

    /** How many are being ticked. Callable from anywhere. */
    public int size() {
        return homes.values().stream().mapToInt(h -> h.members.size()).sum();
    }

    private static final class Home implements Runnable {
        private final ScheduledExecutorService executor;
        private final Set<Ticking> members = ConcurrentHashMap.newKeySet();
        private @Nullable ScheduledFuture<?> next;
        /** When that is. */
        private long nextAt;

        Home(ScheduledExecutorService executor) {
            this.executor = executor;
        }

        /** Wakes at the first of the schedule's times that is not before {@code due}, unless it does so sooner. */
        void wakeBy(long due) {
            long now = System.nanoTime();
            long from = Math.max(due, now);
            long at = from + PERIOD_NANOS - Math.floorMod(from, PERIOD_NANOS);
            if (next != null) {
                if (nextAt <= at) {
                    return;
                }
                next.cancel(false);
            }
            nextAt = at;
            next = executor.schedule(this, at - now, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            next = null;
            long due = Long.MIN_VALUE;
            try {
                due = tick();
            } finally {
                if (due != Long.MAX_VALUE) {
                    wakeBy(due);
                }
            }
        }

        /** Ticks them all; returns by when the first wants to be ticked again. */
        private long tick() {
            long now = System.nanoTime();
            long first = Long.MAX_VALUE;
            for (Ticking member : members) {
                first = Math.min(first, member.tick(now));
            }
            return first;
        }
    }
}
