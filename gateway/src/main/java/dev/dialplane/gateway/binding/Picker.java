package dev.dialplane.gateway.binding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the ready agents is offered a call next, in constant time: those in this zone come first, those to be avoided
 * last; among equals this gateway's own share, then the shares of others; within a share, whoever has waited longest.
 */
public final class Picker {
    private static final int OTHER_ZONE = Shares.CLASSES;
    private static final int AVOID = 2 * Shares.CLASSES;

    /** At most 64, so that one word says which of them hold anybody. */
    private final List<SequencedSet<String>> classes = new ArrayList<>();

    private final Map<String, Integer> classOf = new HashMap<>();
    private long occupied;

    /** With nobody ready. */
    public Picker() {
        for (int i = 0; i < 2 * AVOID; i++) {
            classes.add(new LinkedHashSet<>());
        }
    }

    /** The agent can take a call; if it could before, it keeps its place. */
    public void add(String podUid, boolean sameZone, boolean avoid, int share) {
        int wanted = (avoid ? AVOID : 0) + (sameZone ? 0 : OTHER_ZONE) + share;
        Integer present = classOf.put(podUid, wanted);
        if (present != null && present != wanted) {
            take(present, podUid);
        }
        classes.get(wanted).add(podUid);
        occupied |= 1L << wanted;
    }

    /** The agent can take no call. */
    public void remove(String podUid) {
        Integer present = classOf.remove(podUid);
        if (present != null) {
            take(present, podUid);
        }
    }

    /** Takes the best one out; null if there is none. */
    public @Nullable String pick() {
        if (occupied == 0) {
            return null;
        }
        int best = Long.numberOfTrailingZeros(occupied);
        String podUid = classes.get(best).getFirst();
        take(best, podUid);
        classOf.remove(podUid);
        return podUid;
    }

    private void take(int from, String podUid) {
        SequencedSet<String> ready = classes.get(from);
        ready.remove(podUid);
        if (ready.isEmpty()) {
            occupied &= ~(1L << from);
        }
    }

    /** How many can take a call. */
    public int size() {
        return classOf.size();
    }
}
