package dev.dialplane.operator.sizing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How long agents took from their pod's creation until they were idle: the latest ones. A value.
 *
 * @param milliseconds in the order in which they were seen
 */
public record StartTimes(List<Integer> milliseconds) {

    /** None seen. */
    public static final StartTimes NONE = new StartTimes(List.of());

    /** How many are kept. */
    static final int KEPT = 64;

    /** What is assumed as long as none was seen: a pod with its image on the node, and a process that starts. */
    static final int ASSUMED_MILLISECONDS = 5_000;

    /** Adds one. */
    public StartTimes with(int milliseconds) {
        List<Integer> next = new ArrayList<>(this.milliseconds);
        if (next.size() >= KEPT) {
            next.removeFirst();
        }
        next.add(Math.max(0, milliseconds));
        return new StartTimes(List.copyOf(next));
    }

    /**
     * Adds the start of an agent that is seen idle for the first time, if its beginning was seen, too: a new operator sees
     * everybody for the first time, and how old they are says nothing of how long they took.
     *
     * @param created when its pod was created
     * @param idle when it was idle
     * @param since since when pods and agents are watched
     */
    public StartTimes seen(Instant created, Instant idle, Instant since) {
        return created.isBefore(since)
                ? this
                : with((int) Math.clamp(Duration.between(created, idle).toMillis(), 0, Integer.MAX_VALUE));
    }

    /** Returns whether any was seen. */
    public boolean measured() {
        return !milliseconds.isEmpty();
    }

    /** Returns the 95th percentile, by nearest rank. */
    public int p95() {
        if (milliseconds.isEmpty()) {
            return ASSUMED_MILLISECONDS;
        }
        List<Integer> sorted = milliseconds.stream().sorted().toList();
        return sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
    }
}
