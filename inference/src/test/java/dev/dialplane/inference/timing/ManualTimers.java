package dev.dialplane.inference.timing;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Timers whose clock moves only when told to; tasks run on the thread that tells. */
public final class ManualTimers implements Timers {
    private record Entry(long due, long order, Runnable task) {}

    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::due).thenComparingLong(Entry::order));
    private long now;
    private long order;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Cancellable after(Duration delay, Runnable task) {
        Entry entry = new Entry(now + delay.toNanos(), order++, task);
        entries.add(entry);
        return () -> entries.remove(entry);
    }

    /** Lets so much time pass, task by task. */
    public void pass(Duration time) {
        long end = now + time.toNanos();
        while (!entries.isEmpty() && entries.element().due() <= end) {
            Entry entry = entries.remove();
            now = entry.due();
            entry.task().run();
        }
        now = end;
    }

    /** How many tasks wait. */
    public int waiting() {
        return entries.size();
    }
}
