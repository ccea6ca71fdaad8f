package dev.dialplane.e2e.simulation;

import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Time that passes only as fast as what is due in it is done. What is due at one moment is done in the order it came. */
final class VirtualTime {
    private static final long BEGIN = 1_000_000_000L;
    private static final Instant EPOCH = Instant.parse("2026-11-22T09:00:00Z");

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.due).thenComparingLong(task -> task.number));
    private long now = BEGIN;
    private long numbers;
    private long done;

    /** Something to do later. */
    private static final class Task implements Future<Object> {
        private final long due;
        private final long number;
        private @Nullable Runnable work;
        private boolean canceled;

        private Task(long due, long number, Runnable work) {
            this.due = due;
            this.number = number;
            this.work = work;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            canceled = work != null || canceled;
            work = null;
            return canceled;
        }

        @Override
        public boolean isCancelled() {
            return canceled;
        }

        @Override
        public boolean isDone() {
            return work == null;
        }

        @Override
        public Object get() {
            throw new UnsupportedOperationException("nothing waits in virtual time");
        }

        @Override
        public Object get(long timeout, TimeUnit unit) {
            return get();
        }
    }

    Future<?> after(long nanos, Runnable work) {
        Task task = new Task(now + Math.max(0, nanos), numbers++, work);
        tasks.add(task);
        return task;
    }

    long nanos() {
        return now;
    }

    /** Since the beginning. */
    long millis() {
        return (now - BEGIN) / 1_000_000;
    }

    Instant instant() {
        return EPOCH.plusNanos(now - BEGIN);
    }

    double seconds() {
        return (now - BEGIN) / 1e9;
    }

    /** Tasks that were done. */
    long done() {
        return done;
    }

    /** Lets that time pass. */
    void pass(long nanos) {
        long until = now + nanos;
        for (Task next = tasks.peek(); next != null && next.due <= until; next = tasks.peek()) {
            tasks.remove();
            Runnable work = next.work;
            if (work != null) {
                now = next.due;
                next.work = null;
                done++;
                work.run();
            }
        }
        now = until;
    }
}
