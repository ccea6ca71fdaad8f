package dev.dialplane.e2e.node;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Simulated nodes, wherever they run, and what can be done to them. */
public interface Nodes extends AutoCloseable {
    /** How many agents live, are Ready and are not on their way out, by their pods' revision label. */
    Map<String, Integer> serving();

    /** How many agents are prepared and free. */
    int idle();

    /** How many pods there are. */
    int pods();

    /** From now on every answer to an offer takes so long. */
    void slowOffers(Duration takes);

    /** Whether pods that start from now on end with an error before they are ready. */
    void crash(boolean crash);

    /**
     * Takes the node with the most pods down for good.
     *
     * @param told hears the UIDs of its pods just before
     */
    void loseFullestNode(Consumer<Set<String>> told);

    @Override
    void close();
}
