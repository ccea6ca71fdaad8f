package dev.dialplane.agent.testing;

import dev.dialplane.agent.loop.Loop;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;

/** Time that stands still until the test moves it, for any number of loops that share it. */
public final class VirtualTime {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private long now = 1_000_000_000L;
    private long count;

    /** A loop that counts its own timers. */
    public Loop loop() {
        return new VirtualLoop();
    }

    /** ms since some time. */
    public long millis() {
        return now / 1_000_000;
    }

    /** Runs what is to be run now. */
    public void settle() {
        advanceNanos(0);
    }

    /** Lets time pass. */
    public void advance(long millis) {
        advanceNanos(millis * 1_000_000);
    }

    private void advanceNanos(long nanos) {
        long until = now + nanos;
        while (true) {
            Runnable task = poll();
            if (task != null) {
                task.run();
                continue;
            }
            Alarm first = alarms.peek();
            if (first == null || first.at > until) {
                now = until;
                return;
            }
            alarms.poll();
            first.loop.timers--;
            now = Math.max(now, first.at);
            first.task.run();
        }
    }

    private synchronized Runnable poll() {
        return tasks.poll();
    }

    private synchronized void add(Runnable task) {
        tasks.add(task);
    }

    private final class VirtualLoop implements Loop {
        private int timers;

        @Override
        public void execute(Runnable task) {
            add(task);
        }

        @Override
        public long nanos() {
            return now;
        }

        @Override
        public long wallMillis() {
            return 1_800_000_000_000L + now / 1_000_000;
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            Alarm alarm = new Alarm(now + Math.max(0, nanos), count++, this, task);
            alarms.add(alarm);
            timers++;
            return () -> {
                if (alarms.remove(alarm)) {
                    timers--;
                }
            };
        }

        @Override
        public int timers() {
            return timers;
        }
    }

    private record Alarm(long at, long number, VirtualLoop loop, Runnable task) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
