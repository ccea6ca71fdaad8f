package dev.dialplane.gateway.playout;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The one clock of all calls: a thread that wakes on an absolute schedule, every 5 ms while there are calls, and has each
 * home thread tick those of its calls.
 *
 * <p>The period divides a frame, so that every frame of a call leaves at the same place between two of its wakes. A home
 * that is still at its last tick is not given another: what is due is decided by the time, not by the number of ticks.
 */
public final class PlayoutClock implements AutoCloseable {
    /** ns between two wakes. */
    public static final long PERIOD_NANOS = 5_000_000;

    /** Something that wants to be ticked on its home thread. */
    @FunctionalInterface
    public interface Ticking {
        /** @param now {@link System#nanoTime()} */
        void tick(long now);
    }

    private final Map<Executor, Home> homes = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /** Starts the clock's thread. */
    public PlayoutClock() {
        thread = Thread.ofPlatform()
                .name("playout-clock")
                .daemon()
                .priority(Thread.MAX_PRIORITY)
                .start(this::run);
    }

    /** Ticks {@code ticking} on {@code home}, one thread's executor, until it is removed. */
    public void add(Executor home, Ticking ticking) {
        homes.computeIfAbsent(home, Home::new).members.add(ticking);
        LockSupport.unpark(thread);
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
            boolean any = false;
            for (Home home : homes.values()) {
                if (!home.members.isEmpty()) {
                    any = true;
                    home.wake();
                }
            }
            if (!any) {
                LockSupport.park(this);
                next = System.nanoTime();
                continue;
            }
            long now = System.nanoTime();
            next = Math.max(next + PERIOD_NANOS, now - now % PERIOD_NANOS);
            for (long left = next - now; left > 0 && !closed; left = next - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        }
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

        Home(Executor executor) {
            this.executor = executor;
        }

        void wake() {
            if (waking.compareAndSet(false, true)) {
                try {
                    executor.execute(this);
                } catch (RejectedExecutionException e) {
                    members.clear();
                }
            }
        }

        @Override
        public void run() {
            waking.set(false);
            long now = System.nanoTime();
            for (Ticking member : members) {
                member.tick(now);
            }
        }
    }
}
