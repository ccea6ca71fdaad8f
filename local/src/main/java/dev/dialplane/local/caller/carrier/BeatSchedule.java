package dev.dialplane.local.caller.carrier;

import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Rows of beats, each on an absolute schedule: a beat that comes late makes no later one late, and none is left out. Knows
 * no clock: it is told what time it is. For one thread at a time.
 */
final class BeatSchedule {
    private static final class Row implements Comparable<Row> {
        final MediaClock.Beat beat;
        final long periodNanos;
        long due;
        long index;

        Row(MediaClock.Beat beat, long firstDue, long periodNanos) {
            this.beat = beat;
            this.due = firstDue;
            this.periodNanos = periodNanos;
        }

        @Override
        public int compareTo(Row other) {
            // Differences, because nanoTime may run over.
            return Long.signum(due - other.due);
        }
    }

    private final PriorityQueue<Row> rows = new PriorityQueue<>();
    private final Consumer<RuntimeException> failed;

    /** A schedule that gives up a row whose beat fails, and tells. */
    BeatSchedule(Consumer<RuntimeException> failed) {
        this.failed = failed;
    }

    void add(long periodNanos, long firstDueNanos, MediaClock.Beat beat) {
        rows.add(new Row(beat, firstDueNanos, periodNanos));
    }

    /** The beat that is due first, if one is by {@code now}; then how long until the next, 0 or less if it is due too. */
    long run(long now, long longestWait) {
        Row first = rows.peek();
        if (first == null) {
            return longestWait;
        }
        if (first.due - now > 0) {
            return Math.min(first.due - now, longestWait);
        }
        rows.remove();
        if (alive(first)) {
            first.due += first.periodNanos;
            first.index++;
            rows.add(first);
        }
        return 0;
    }

    private boolean alive(Row row) {
        try {
            return row.beat.beat(row.index, row.due);
        } catch (RuntimeException e) {
            failed.accept(e);
            return false;
        }
    }

    int rows() {
        return rows.size();
    }
}
