package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What to do about a pool's agents now. The decision is a function of what was observed and touches nothing.
 *
 * @param create how many pods to create
 * @param delete pods that hold no call and can hold none
 * @param retire agents to ask whether they would leave
 * @param mark pods that become evictable
 * @param unmark pods that no longer are
 */
public record PoolPlan(
        int create, List<AgentPod> delete, List<AgentPod> retire, List<AgentPod> mark, List<AgentPod> unmark) {

    /** Pods created in one step at most, so that a big pool does not flood the scheduler. */
    static final int CREATED_AT_ONCE = 50;

    /** Labels changed in one step at most: nobody waits for them. */
    static final int LABELS_AT_ONCE = 20;

    /**
     * What was observed.
     *
     * @param target how many agents there should be
     * @param agents the pool's agents, ended and leaving ones too
     * @param maxSurge how many there may be above the target while outdated ones are replaced
     * @param maxUnavailable how many may be missing while outdated ones are replaced
     * @param createNow whether pods may be created, which they may not after a row of failures
     * @param evictableAfter how long an agent is idle before it may be evicted
     * @param now the time
     */
    public record Observed(
            int target,
            List<Agent> agents,
            int maxSurge,
            int maxUnavailable,
            boolean createNow,
            Duration evictableAfter,
            Instant now) {}

    /**
     * Decides.
     *
     * <p>A pod that ended goes at once, and so does an agent that agreed to leave. Missing agents are created. Agents
     * beyond the target go, those that start before those that are idle, and outdated ones first. Outdated idle agents
     * are replaced as surge and unavailability allow. An agent that was ever ready is only ever asked.
     */
    public static PoolPlan decide(Observed seen) {
        List<AgentPod> delete = new ArrayList<>();
        List<AgentPod> retire = new ArrayList<>();
        for (Agent agent : seen.agents()) {
            if (!agent.pod().deleting() && (agent.pod().life() == AgentPod.Life.Ended || agent.left())) {
                delete.add(agent.pod());
            }
        }
        List<Agent> counted = seen.agents().stream().filter(Agent::counts).toList();
        int outdated = (int) counted.stream().filter(Agent::outdated).count();
        int most = seen.target() + Math.min(seen.maxSurge(), outdated);

        int create = seen.createNow() ? Math.clamp(most - counted.size(), 0, CREATED_AT_ONCE) : 0;
        int staying = leave(counted, Math.max(0, counted.size() - most), delete, retire);
        replace(seen, counted, staying, delete, retire);
        return new PoolPlan(
                create, List.copyOf(delete), List.copyOf(retire), toMark(seen, counted, retire), toUnmark(counted));
    }

    /** Lets surplus agents go and returns how many available ones stay. */
    private static int leave(List<Agent> counted, int surplus, List<AgentPod> delete, List<AgentPod> retire) {
        int available = (int) counted.stream().filter(Agent::ready).count();
        int going = (int) counted.stream().filter(Agent::asked).count();
        List<Agent> candidates = counted.stream()
                .filter(agent -> agent.starting() || agent.askable())
                .sorted(Comparator.comparing(Agent::ready)
                        .thenComparing(Agent::idle)
                        .thenComparing(agent -> !agent.outdated())
                        .thenComparing(agent -> !agent.pod().evictable())
                        .thenComparing(Agent::since)
                        .thenComparing(agent -> agent.pod().name()))
                .limit(Math.max(0, surplus - going))
                .toList();
        for (Agent agent : candidates) {
            (agent.ready() ? retire : delete).add(agent.pod());
        }
        return available
                - retire.size()
                - (int) counted.stream()
                        .filter(agent -> agent.asked() && agent.ready())
                        .count();
    }

    /** Replaces outdated agents: those that start at once, idle ones as far as enough stay. */
    private static void replace(
            Observed seen, List<Agent> counted, int staying, List<AgentPod> delete, List<AgentPod> retire) {
        counted.stream()
                .filter(agent -> agent.outdated() && agent.starting() && !delete.contains(agent.pod()))
                .forEach(agent -> delete.add(agent.pod()));
        int spare = staying - (seen.target() - seen.maxUnavailable());
        counted.stream()
                .filter(agent -> agent.outdated() && agent.askable() && !retire.contains(agent.pod()))
                .sorted(Comparator.comparing(Agent::since)
                        .thenComparing(agent -> agent.pod().name()))
                .limit(Math.max(0, spare))
                .forEach(agent -> retire.add(agent.pod()));
    }

    private static List<AgentPod> toMark(Observed seen, List<Agent> counted, List<AgentPod> retire) {
        Instant idleBefore = seen.now().minus(seen.evictableAfter());
        return counted.stream()
                .filter(agent -> agent.idle()
                        && !agent.pod().evictable()
                        && agent.since().isBefore(idleBefore)
                        && !retire.contains(agent.pod()))
                .map(Agent::pod)
                .limit(LABELS_AT_ONCE)
                .toList();
    }

    private static List<AgentPod> toUnmark(List<Agent> counted) {
        return counted.stream()
                .filter(agent -> agent.phase() == AgentPhase.Busy && agent.pod().evictable())
                .map(Agent::pod)
                .limit(LABELS_AT_ONCE)
                .toList();
    }

    /** Returns whether there is nothing to do. */
    public boolean isEmpty() {
        return create == 0 && delete.isEmpty() && retire.isEmpty() && mark.isEmpty() && unmark.isEmpty();
    }
}
