package dev.dialplane.gateway.binding;

import java.util.ArrayList;
import java.util.List;

/**
 * Whose business each agent is: rendezvous hashing (Thaler and Ravishankar, 1998). Every gateway computes the same order of
 * gateways for an agent without asking anybody: those in the agent's zone first, by a hash of the two. When a gateway comes
 * or goes, only the agents that are now, or were, its own change hands.
 *
 * <p>Where the gateways are not known, every agent is everybody's own, and each gateway prefers others.
 */
public final class Shares {
    /** Classes of agents by how early this gateway takes them. */
    public static final int CLASSES = 16;

    /** A gateway that takes calls. */
    public record Gateway(String id, String zone) {}

    /**
     * What an agent is to this gateway.
     *
     * @param place how many gateways come before it: 0 where the agent is its own
     * @param share the class in which the agent is picked, from 0; agents of others are spread, so that two gateways which
     *     take from a third seldom want the same agent
     * @param order among agents of one place
     */
    public record Claim(int place, int share, long order) {}

    private record Hashed(long hash, String zone) {}

    private final long self;
    private final String selfZone;
    private final List<Hashed> others = new ArrayList<>();
    private final boolean known;

    /**
     * Of this gateway among these.
     *
     * @param gateways all that take calls; empty if that is not known
     */
    public Shares(Gateway self, List<Gateway> gateways) {
        this.self = hash(self.id);
        selfZone = self.zone;
        known = !gateways.isEmpty();
        gateways.stream().filter(g -> !g.id.equals(self.id)).forEach(g -> others.add(new Hashed(hash(g.id), g.zone)));
    }

    /** What that agent is to this gateway. */
    public Claim of(String podUid, String zone) {
        long agent = hash(podUid);
        long mine = mix(agent ^ self);
        boolean near = near(selfZone, zone);
        int place = 0;
        for (Hashed other : others) {
            boolean otherNear = near(other.zone, zone);
            if (otherNear != near ? otherNear : Long.compareUnsigned(mix(agent ^ other.hash), mine) > 0) {
                place++;
            }
        }
        int byHash = (int) (mine >>> 32);
        int share = !known
                ? Integer.remainderUnsigned(byHash, CLASSES)
                : place == 0 ? 0 : 1 + Integer.remainderUnsigned(byHash, CLASSES - 1);
        return new Claim(place, share, mine);
    }

    private static boolean near(String gatewayZone, String agentZone) {
        return !agentZone.isEmpty() && gatewayZone.equals(agentZone);
    }

    /** FNV-1a. */
    private static long hash(String text) {
        long h = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(h);
    }

    /** SplitMix64's, so that every bit depends on all. */
    private static long mix(long h) {
        h = (h ^ h >>> 30) * 0xbf58476d1ce4e5b9L;
        h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
        return h ^ h >>> 31;
    }
}
