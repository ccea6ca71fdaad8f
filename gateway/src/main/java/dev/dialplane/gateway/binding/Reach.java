package dev.dialplane.gateway.binding;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Which agents of a pool a gateway stays connected to while nobody waits: its own; those that become its own should one
 * other gateway go, so that no agent is without somebody who hears it; and of the rest the first few, to take from without
 * delay once its own are busy. With 20 gateways that is a tenth of the agents, and no more than a stated number.
 */
public final class Reach {
    /** How many gateways hear each agent. */
    public static final int KEEPERS = 2;

    private static final Comparator<Known> FIRST =
            Comparator.comparingInt((Known k) -> k.claim.place()).thenComparingLong(k -> k.claim.order());

    private Reach() {}

    /** An agent that exists. */
    public record Known(String podUid, Shares.Claim claim) {}

    /** Whether this gateway stays connected to it whatever else there is. */
    public static boolean always(Shares.Claim claim) {
        return claim.place() < KEEPERS;
    }

    /**
     * The agents to stay connected to.
     *
     * @param agents of one pool
     * @param others how many of those that are not kept anyway
     */
    public static Set<String> of(Collection<Known> agents, int others) {
        Set<String> near = new HashSet<>();
        PriorityQueue<Known> best = new PriorityQueue<>(FIRST.reversed());
        for (Known agent : agents) {
            if (always(agent.claim)) {
                near.add(agent.podUid);
            } else if (others > 0) {
                best.add(agent);
                if (best.size() > others) {
                    best.remove();
                }
            }
        }
        best.forEach(agent -> near.add(agent.podUid));
        return near;
    }
}
