package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a pool's agents now. The decision is a function of what was observed and touches nothing.
 *
 * @param create how many pods of the newest revision to create
 * @param createAlike how many pods to create after an older one, because the newest revision may not spread
 * @param like that older one; null if none is to be created after one
 * @param delete pods that hold no call and can hold none
 * @param giveUp pods that will not start
 * @param retire agents to ask whether they would leave
 * @param mark pods that become evictable
 * @param unmark pods that no longer are
 */
public record PoolPlan(
        int create,
        int createAlike,
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
     * @param spread how far the newest revision may spread
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
            Spread spread,
            Duration startWithin,
            Duration evictableAfter,
            Instant now) {}

    /**
     * Decides.
     *
     * <p>A pod that ended goes at once, and so does an agent that agreed to leave, or a pod that will not start. Missing
     * agents are created. Agents beyond the target go, in {@link LeavingOrder}. Unwanted idle agents are replaced as
     * surge and unavailability allow. Which are unwanted, and what the missing ones are made like, is a matter of how far
     * the newest revision may {@linkplain Spread spread}. An agent that was ever ready is only ever asked.
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
        int most = seen.target() + Math.min(seen.maxSurge(), toReplace(seen, counted));
        int newest = (int) counted.stream().filter(Agent::current).count();

        // A pod given up now is a failure, after which there is a pause.
        boolean createNow = seen.createNow() && giveUp.isEmpty();
        int missing = createNow ? Math.clamp(most - counted.size(), 0, CREATED_AT_ONCE) : 0;
        int create = Math.clamp(seen.spread().atMost() - newest, 0, missing);
        AgentPod like = seen.spread().olderStay() ? like(counted) : null;

        int staying = leave(seen, counted, newest, Math.max(0, counted.size() - most), delete, retire);
        replace(seen, counted, newest + create, staying, delete, retire);
        return new PoolPlan(
                create,
                like == null ? 0 : missing - create,
                like,
                List.copyOf(delete),
                List.copyOf(giveUp),
                List.copyOf(retire),
                toMark(seen, counted, retire),
                toUnmark(counted));
    }

    /** Returns how many agents are to be replaced, now or later. */
    private static int toReplace(Observed seen, List<Agent> counted) {
        int unwanted =
                (int) counted.stream().filter(agent -> unwanted(seen, agent)).count();
        if (!(seen.spread() instanceof Spread.Tried tried)) {
            return unwanted;
        }
        // Those of the older agents that are above their own share make way, once new ones can take their calls.
        int ready = (int) counted.stream()
                .filter(agent -> agent.current() && agent.ready())
                .count();
        int older = (int) counted.stream().filter(agent -> !agent.current()).count();
        int tooMany = older - (seen.target() - tried.atMost());
        return unwanted + Math.clamp(tooMany, 0, Math.max(0, tried.atMost() - ready));
    }

    /** Returns whether an agent is to be replaced by another one. */
    private static boolean unwanted(Observed seen, Agent agent) {
        return switch (seen.spread()) {
            case Spread.Everywhere _ -> agent.outdated();
            case Spread.Tried _, Spread.NoFurther _ ->
                agent.worn() || agent.place().drained();
            case Spread.TakenBack _ ->
                agent.current() || agent.worn() || agent.place().drained();
        };
    }

    /** Lets surplus agents go and returns how many available ones stay. */
    private static int leave(
            Observed seen, List<Agent> counted, int newest, int surplus, List<AgentPod> delete, List<AgentPod> retire) {
        int available = (int) counted.stream().filter(Agent::ready).count();
        int asked = (int) counted.stream().filter(Agent::asked).count();
        int askedReady = (int)
                counted.stream().filter(agent -> agent.asked() && agent.ready()).count();
        int leaving = Math.max(0, surplus - asked);
        // What there is too many of goes first, and of a canary no more than that.
        int tooNew = Math.clamp((long) newest - seen.spread().atMost(), 0, leaving);
        boolean tried = seen.spread() instanceof Spread.Tried;
        List<Agent> first = firstToLeave(seen, counted, tooNew, Agent::current);
        List<Agent> then = firstToLeave(
                seen, counted, leaving - first.size(), agent -> !(tried && agent.current()) && !first.contains(agent));
        Stream.concat(first.stream(), then.stream())
                .forEach(agent -> (agent.ready() ? retire : delete).add(agent.pod()));
        return available - retire.size() - askedReady;
    }

    /** Returns those who may go, in order. Whoever wants none does not have a big pool sorted for it. */
    private static List<Agent> firstToLeave(Observed seen, List<Agent> of, int many, Predicate<Agent> which) {
        return many <= 0
                ? List.of()
                : of.stream()
                        .filter(agent -> (agent.starting() || agent.askable()) && which.test(agent))
                        .sorted(LeavingOrder.of(seen.now()))
                        .limit(many)
                        .toList();
    }

    /** Replaces unwanted agents: those that start at once, idle ones as far as enough stay. */
    private static void replace(
            Observed seen, List<Agent> counted, int newest, int staying, List<AgentPod> delete, List<AgentPod> retire) {
        List<Agent> unwanted =
                counted.stream().filter(agent -> unwanted(seen, agent)).toList();
        unwanted.stream()
                .filter(agent -> agent.starting() && !delete.contains(agent.pod()))
                .forEach(agent -> delete.add(agent.pod()));
        int spare = Math.max(0, staying - (seen.target() - seen.maxUnavailable()));
        Predicate<Agent> stays = agent -> agent.askable() && !retire.contains(agent.pod());
        List<Agent> going = firstToLeave(seen, unwanted, spare, stays);
        // Where there may be no more than the target, a canary's places must become free first.
        int places = seen.spread() instanceof Spread.Tried tried
                ? Math.clamp((long) tried.atMost() - newest, 0, spare - going.size())
                : 0;
        List<Agent> older = firstToLeave(
                seen, counted, places, agent -> stays.test(agent) && !agent.current() && !going.contains(agent));
        Stream.concat(going.stream(), older.stream()).forEach(agent -> retire.add(agent.pod()));
    }

    /** Any older agent that can take calls shows what a good pod is. */
    private static @Nullable AgentPod like(List<Agent> counted) {
        return counted.stream()
                .filter(agent -> !agent.current() && agent.ready())
                .map(Agent::pod)
                .findFirst()
                .orElse(null);
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
                && createAlike == 0
                && delete.isEmpty()
                && giveUp.isEmpty()
                && retire.isEmpty()
                && mark.isEmpty()
                && unmark.isEmpty();
    }
}
