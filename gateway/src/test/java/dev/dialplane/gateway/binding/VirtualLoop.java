package dev.dialplane.gateway.binding;

import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A loop whose time passes only when a test lets it, and then at once. Tasks of one moment run in the order they came. */
final class VirtualLoop implements Loop {
    private record Task(long due, long number, Runnable work, CompletableFuture<Void> done) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::number));
    private long now = 1_000_000_000L;
    private long numbers;

    @Override
    public void execute(Runnable task) {
        after(Duration.ZERO, task);
    }

    @Override
    public Future<?> after(Duration delay, Runnable work) {
        Task task = new Task(now + delay.toNanos(), numbers++, work, new CompletableFuture<>());
        tasks.add(task);
        return task.done;
    }

    @Override
    public long nanos() {
        return now;
    }

    long millis() {
        return now / 1_000_000;
    }

    /** Lets that time pass. */
    void pass(Duration time) {
        long until = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().due <= until) {
            Task next = tasks.remove();
            if (!next.done.isCancelled()) {
                now = next.due;
                next.work.run();
                next.done.complete(null);
            }
        }
        now = until;
    }

    /** Runs what is due now. */
    void settle() {
        pass(Duration.ZERO);
    }

    /** Tasks that have not run and were not canceled. */
    long waiting() {
        return tasks.stream().filter(t -> !t.done.isCancelled()).count();
    }
}
