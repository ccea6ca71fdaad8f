package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a pool's agents now. The decision is a function of what was observed and touches nothing.
 *
 * @param create how many pods to create
 * @param like a pod to create them after, because the newest revision has failed; null to create those of the newest
 * @param delete pods that hold no call and can hold none
 * @param giveUp pods that will not start
 * @param retire agents to ask whether they would leave
 * @param mark pods that become evictable
 * @param unmark pods that no longer are
 */
public record PoolPlan(
        int create,
        @Nullable AgentPod like,
        List<AgentPod> delete,
        List<GivenUp> giveUp,
        List<AgentPod> retire,
        List<AgentPod> mark,
        List<AgentPod> unmark) {

    /** Pods created in one step at most, so that a big pool does not flood the scheduler. */
    static final int CREATED_AT_ONCE = 50;

    /** Labels changed in one step at most: nobody waits for them. */
    static final int LABELS_AT_ONCE = 20;

    /**
     * A pod that will not start.
     *
     * @param pod which
     * @param why what keeps it
     */
    public record GivenUp(AgentPod pod, String why) {}

    /**
     * What was observed.
     *
     * @param target how many agents there should be
     * @param agents the pool's agents, ended and leaving ones too
     * @param maxSurge how many there may be above the target while outdated ones are replaced
     * @param maxUnavailable how many may be missing while outdated ones are replaced
     * @param createNow whether pods may be created, which they may not after a row of failures
     * @param failed whether the newest revision has failed, so that older agents stay
     * @param startWithin how long a pod with a node may take to be ready
     * @param evictableAfter how long an agent is idle before it may be evicted
     * @param now the time
     */
    public record Observed(
            int target,
            List<Agent> agents,
            int maxSurge,
            int maxUnavailable,
            boolean createNow,
            boolean failed,
            Duration startWithin,
            Duration evictableAfter,
            Instant now) {}

    /**
     * Decides.
     *
     * <p>A pod that ended goes at once, and so does an agent that agreed to leave, or a pod that will not start. Missing
     * agents are created. Agents beyond the target go, in {@link LeavingOrder}. Outdated idle agents are replaced as
     * surge and unavailability allow, unless the newest revision has failed: then they stay, and what is missing is
     * created after one of them. An agent that was ever ready is only ever asked.
     */
    public static PoolPlan decide(Observed seen) {
        List<AgentPod> delete = new ArrayList<>();
        List<AgentPod> retire = new ArrayList<>();
        List<GivenUp> giveUp = new ArrayList<>();
        List<Agent> counted = new ArrayList<>();
        for (Agent agent : seen.agents()) {
            Optional<String> why = StartRule.givenUp(agent.pod(), seen.startWithin(), seen.now());
            if (!agent.pod().deleting() && (agent.pod().life() == AgentPod.Life.Ended || agent.left())) {
                delete.add(agent.pod());
            } else if (why.isPresent()) {
                giveUp.add(new GivenUp(agent.pod(), why.get()));
            } else if (agent.counts()) {
                counted.add(agent);
            }
        }
        int outdated = (int) counted.stream().filter(Agent::outdated).count();
        int most = seen.target() + (seen.failed() ? 0 : Math.min(seen.maxSurge(), outdated));

        // A pod given up now is a failure, after which there is a pause.
        boolean createNow = seen.createNow() && giveUp.isEmpty();
        int create = createNow ? Math.clamp(most - counted.size(), 0, CREATED_AT_ONCE) : 0;
        int staying = leave(seen, counted, Math.max(0, counted.size() - most), delete, retire);
        if (!seen.failed()) {
            replace(seen, counted, staying, delete, retire);
        }
        return new PoolPlan(
                create,
                like(seen, counted),
                List.copyOf(delete),
                List.copyOf(giveUp),
                List.copyOf(retire),
                toMark(seen, counted, retire),
                toUnmark(counted));
    }

    /** Lets surplus agents go and returns how many available ones stay. */
    private static int leave(
            Observed seen, List<Agent> counted, int surplus, List<AgentPod> delete, List<AgentPod> retire) {
        int available = (int) counted.stream().filter(Agent::ready).count();
        int going = (int) counted.stream().filter(Agent::asked).count();
        // Mostly nobody is to go, and to sort thousands for nobody is most of what a plan costs.
        if (surplus > going) {
            counted.stream()
                    .filter(agent -> agent.starting() || agent.askable())
                    .sorted(LeavingOrder.of(seen.failed(), seen.now()))
                    .limit(surplus - going)
                    .forEach(agent -> (agent.ready() ? retire : delete).add(agent.pod()));
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
        if (spare > 0) {
            counted.stream()
                    .filter(agent -> agent.outdated() && agent.askable() && !retire.contains(agent.pod()))
                    .sorted(LeavingOrder.of(false, seen.now()))
                    .limit(spare)
                    .forEach(agent -> retire.add(agent.pod()));
        }
    }

    /** Any older agent that can take calls shows what a good pod is. */
    private static @Nullable AgentPod like(Observed seen, List<Agent> counted) {
        return seen.failed()
                ? counted.stream()
                        .filter(agent -> !agent.current() && agent.ready())
                        .map(Agent::pod)
                        .findFirst()
                        .orElse(null)
                : null;
    }

    private static List<AgentPod> toMark(Observed seen, List<Agent> counted, List<AgentPod> retire) {
        Instant idleBefore = seen.now().minus(seen.evictableAfter());
        return counted.stream()
                .filter(agent -> agent.idle()
                        && !agent.pod().evictable()
                        && (agent.place().drained() || agent.since().isBefore(idleBefore))
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
        return create == 0
                && delete.isEmpty()
                && giveUp.isEmpty()
                && retire.isEmpty()
                && mark.isEmpty()
                && unmark.isEmpty();
    }
}
