package dev.dialplane.gateway.binding;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which of the ready agents is offered a call next, in constant time.
 *
 * <p>Agents wait in sixteen classes by the rendezvous hash of gateway and agent: every gateway orders the same agents
 * differently, so that each has its own share without knowing the others, and takes from the rest once its share is empty.
 * Those in another zone come after all those in this one, and those to be avoided last. Within a class, whoever has
 * waited longest.
 */
public final class Picker {
    /** Shares that the agents of a pool fall into. */
    static final int SHARES = 16;

    private static final int OTHER_ZONE = SHARES;
    private static final int AVOID = 2 * SHARES;

    private final long gateway;
    private final List<SequencedSet<String>> classes = new ArrayList<>();
    private final Map<String, Integer> classOf = new HashMap<>();

    /** For the gateway with that id. */
    public Picker(String gatewayId) {
        gateway = hash(gatewayId, 0);
        for (int i = 0; i < 4 * SHARES; i++) {
            classes.add(new LinkedHashSet<>());
        }
    }

    /** The agent can take a call; if it could before, it keeps its place. */
    public void add(String podUid, boolean sameZone, boolean avoid) {
        int wanted = (avoid ? AVOID : 0) + (sameZone ? 0 : OTHER_ZONE) + share(podUid);
        Integer present = classOf.put(podUid, wanted);
        if (present != null && present != wanted) {
            classes.get(present).remove(podUid);
        }
        classes.get(wanted).add(podUid);
    }

    /** The agent can take no call. */
    public void remove(String podUid) {
        Integer present = classOf.remove(podUid);
        if (present != null) {
            classes.get(present).remove(podUid);
        }
    }

    /** Takes the best one out; null if there is none. */
    public @Nullable String pick() {
        for (SequencedSet<String> ready : classes) {
            if (!ready.isEmpty()) {
                String podUid = ready.removeFirst();
                classOf.remove(podUid);
                return podUid;
            }
        }
        return null;
    }

    /** How many can take a call. */
    public int size() {
        return classOf.size();
    }

    private int share(String podUid) {
        return (int) (hash(podUid, gateway) >>> 60);
    }

    /** FNV-1a, finished with SplitMix64's mixer so that the upper bits depend on all characters. */
    private static long hash(String text, long seed) {
        long h = 0xcbf29ce484222325L ^ seed;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x100000001b3L;
        }
        h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
        return h ^ h >>> 31;
    }
}
