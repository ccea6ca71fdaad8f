package dev.dialplane.operator.pool;

import java.time.Instant;

/**
 * An agent as it is judged: its pod, and what was heard from it.
 *
 * @param pod the pod
 * @param phase what it does
 * @param since since when it does that
 * @param served calls it has served
 * @param current whether it is of the pool's newest revision
 * @param worn whether its pod has served long enough
 * @param asked whether it was asked to leave and has not answered
 * @param left whether it agreed to leave
 * @param place where it runs
 */
public record Agent(
        AgentPod pod,
        AgentPhase phase,
        Instant since,
        int served,
        boolean current,
        boolean worn,
        boolean asked,
        boolean left,
        Place place) {

    /**
     * Where an agent runs.
     *
     * @param drained whether its node takes no more pods, because somebody empties it
     * @param agents how many agents of all pools its node has
     */
    public record Place(boolean drained, int agents) {

        /** No node yet. */
        public static final Place NONE = new Place(false, 0);
    }

    /** Returns whether it counts as one of the pool's agents: neither over nor leaving. */
    public boolean counts() {
        return pod.life() != AgentPod.Life.Ended && !pod.deleting() && !left && phase != AgentPhase.Retiring;
    }

    /** Returns whether no call was ever offered to it. */
    public boolean starting() {
        return pod.life() == AgentPod.Life.Starting;
    }

    /** Returns whether a call could be with it, or be offered to it. */
    public boolean ready() {
        return pod.life() == AgentPod.Life.Ready;
    }

    /** Returns whether it is worth asking whether it would leave. */
    public boolean askable() {
        return ready() && !asked && (phase == AgentPhase.Idle || phase == AgentPhase.Preparing);
    }

    /** Returns whether it is free, as far as is known. */
    public boolean idle() {
        return ready() && phase == AgentPhase.Idle;
    }

    /** Returns whether it should be replaced when it can be. */
    public boolean outdated() {
        return !current || worn || place.drained();
    }
}
