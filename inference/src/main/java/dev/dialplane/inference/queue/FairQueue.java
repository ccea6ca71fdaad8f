package dev.dialplane.inference.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits, by urgency, and within one urgency lane by lane in turn: a lane that brings much waits behind itself, not
 * before others. Not for several threads.
 */
public final class FairQueue<T> {
    private final Map<Urgency, LinkedHashMap<String, Deque<T>>> waiting = new EnumMap<>(Urgency.class);
    private int size;

    public FairQueue() {
        for (Urgency urgency : Urgency.values()) {
            waiting.put(urgency, new LinkedHashMap<>());
        }
    }

    /** Puts an item at its lane's end. */
    public void add(String lane, Urgency urgency, T item) {
        lanes(urgency).computeIfAbsent(lane, _ -> new ArrayDeque<>()).add(item);
        size++;
    }

    /**
     * Takes the next item, whose lane goes to the end of the round.
     *
     * @param least nothing less urgent than this is taken
     */
    public @Nullable T poll(Urgency least) {
        for (Urgency urgency : Urgency.values()) {
            if (urgency.compareTo(least) > 0) {
                return null;
            }
            LinkedHashMap<String, Deque<T>> lanes = lanes(urgency);
            Map.Entry<String, Deque<T>> first = lanes.pollFirstEntry();
            if (first != null) {
                T item = first.getValue().remove();
                if (!first.getValue().isEmpty()) {
                    lanes.put(first.getKey(), first.getValue());
                }
                size--;
                return item;
            }
        }
        return null;
    }

    /** Takes an item out; false if it is not there. */
    public boolean remove(String lane, Urgency urgency, T item) {
        Deque<T> items = lanes(urgency).get(lane);
        if (items == null || !items.remove(item)) {
            return false;
        }
        if (items.isEmpty()) {
            lanes(urgency).remove(lane);
        }
        size--;
        return true;
    }

    public int size() {
        return size;
    }

    private LinkedHashMap<String, Deque<T>> lanes(Urgency urgency) {
        LinkedHashMap<String, Deque<T>> lanes = waiting.get(urgency);
        if (lanes == null) {
            throw new IllegalStateException();
        }
        return lanes;
    }
}
