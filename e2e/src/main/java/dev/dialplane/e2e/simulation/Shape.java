package dev.dialplane.e2e.simulation;

import java.time.Duration;

/**
 * What is simulated.
 *
 * @param seed of everything that is drawn: the same seed is the same run
 * @param agents about how many
 * @param gateways when it begins; one more comes
 * @param namespaces over which agents are spread: each holds at most 3,000
 * @param perNode agents of a node
 * @param callsPerSecond Poisson, whatever becomes of them
 * @param holdSeconds how long a call lasts on average, exponential
 * @param lasts how long calls come, and in which faults happen
 * @param absent how long the operator is away
 * @param gathered how long the operator gathers news of a pool before it plans
 * @param broken the rule that is broken on purpose, to see that it is noticed
 */
public record Shape(
        long seed,
        int agents,
        int gateways,
        int namespaces,
        int perNode,
        double callsPerSecond,
        double holdSeconds,
        Duration lasts,
        Duration absent,
        Duration gathered,
        Broken broken) {

    /** A rule broken on purpose. */
    public enum Broken {
        /** None. */
        NOTHING,
        /** An agent that holds a call accepts another. */
        AGENTS_ACCEPT_TWICE,
        /** A gateway whose agent is slow to open offers the call to another, and keeps the first. */
        CALLS_GO_TO_TWO,
        /** The operator deletes surplus agents without asking them. */
        OPERATOR_DELETES_BUSY,
        /** Gateways forget what they have not yet told when they restart. */
        GATEWAYS_FORGET_EVENTS
    }

    /** A fifth of them is free on average. */
    public static Shape of(long seed, int agents, int gateways, double callsPerSecond, double minutes) {
        Duration lasts = Duration.ofMillis((long) (minutes * 60_000));
        return new Shape(
                seed,
                agents,
                gateways,
                Math.max(2, (int) Math.ceil(agents / 2_500.0)),
                100,
                callsPerSecond,
                agents * 0.8 / callsPerSecond,
                lasts,
                Duration.ofSeconds(Math.min(60, lasts.toSeconds() / 8)),
                Duration.ofMillis(100),
                Broken.NOTHING);
    }

    /** The same with nodes of another size. */
    Shape nodesOf(int agentsPerNode) {
        return new Shape(
                seed,
                agents,
                gateways,
                namespaces,
                agentsPerNode,
                callsPerSecond,
                holdSeconds,
                lasts,
                absent,
                gathered,
                broken);
    }

    /** The same with a rule broken. */
    Shape breaking(Broken rule) {
        return new Shape(
                seed,
                agents,
                gateways,
                namespaces,
                perNode,
                callsPerSecond,
                holdSeconds,
                lasts,
                absent,
                gathered,
                rule);
    }
}
