package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/** Which agents leave first, when some must. */
final class LeavingOrder {

    private LeavingOrder() {}

    /**
     * Returns the order, those who leave first in front.
     *
     * <p>Whoever was never idle goes before who is, because nothing is lost with it. Then an older revision before the
     * newest, a node that is being drained before others, a worn agent before one that is not, and one that gateways
     * keep calls from because it may be evicted. Of what is left the oldest, by the hour, because agents created
     * together are equally old; then whoever has served most calls; then the emptiest node, so that nodes become free.
     *
     * @param now the time
     */
    static Comparator<Agent> of(Instant now) {
        return Comparator.comparing(Agent::ready)
                .thenComparing(Agent::idle)
                .thenComparing(Agent::current)
                .thenComparing(agent -> !agent.place().drained())
                .thenComparing(agent -> !agent.worn())
                .thenComparing(agent -> !agent.pod().evictable())
                .thenComparing(agent -> -hours(agent, now))
                .thenComparing(agent -> -agent.served())
                .thenComparing(agent -> agent.place().agents())
                .thenComparing(agent -> agent.pod().name());
    }

    private static long hours(Agent agent, Instant now) {
        return Duration.between(agent.pod().created(), now).toHours();
    }
}
