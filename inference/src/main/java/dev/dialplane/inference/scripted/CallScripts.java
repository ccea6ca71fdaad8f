package dev.dialplane.inference.scripted;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far each call has come in a script. A call starts at 0, whatever others do; positions of the calls heard of last are
 * kept, so that a call that opens a second stream goes on where it was.
 */
final class CallScripts {
    private static final int KEPT = 4096;

    /** A call's place. Guarded by itself. */
    static final class Position {
        private int next;
    }

    private final Map<String, Position> positions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Position> eldest) {
            return size() > KEPT;
        }
    };

    synchronized Position of(String callId) {
        return positions.computeIfAbsent(callId, _ -> new Position());
    }

    /** The entry that is next. */
    static int peek(Position position) {
        synchronized (position) {
            return position.next;
        }
    }

    /** The entry was used: the one after it is next. */
    static void used(Position position, int index) {
        synchronized (position) {
            position.next = Math.max(position.next, index + 1);
        }
    }

    /** The entry was given back, if none after it was used. */
    static void unused(Position position, int index) {
        synchronized (position) {
            if (position.next == index + 1) {
                position.next = index;
            }
        }
    }

    int size() {
        synchronized (this) {
            return positions.size();
        }
    }
}
