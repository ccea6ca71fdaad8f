package dev.dialplane.operator.pool;

import dev.dialplane.crds.Condition;
import dev.dialplane.crds.Condition.Status;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Agents;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.RolloutStatus;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Sizing;
import dev.dialplane.operator.sizing.Load;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pool's status: a function of what was observed and the status before. */
public final class PoolStatusRule {

    private static final String SELECTOR = Labels.POOL + "=%s";
    private static final int LONGEST_MESSAGE = 2048;
    private static final int LONGEST_REASON = 1024;

    private PoolStatusRule() {}

    /**
     * Something wrong with a pool.
     *
     * @param reason which kind
     * @param message what and how to mend it
     */
    public record Problem(Reason reason, String message) {}

    /**
     * What is known.
     *
     * @param pool the pool's name
     * @param generation of its spec
     * @param revision of its newest pods
     * @param agents its agents, ended ones too
     * @param target how many there should be
     * @param least how many must be able to take calls for the pool to be Ready
     * @param load what calls ask for
     * @param startMilliseconds what starting an agent takes; null when not measured
     * @param gateways whether any gateway is attached
     * @param prepareError why agents cannot be prepared; empty when they can
     * @param stopped why its rollout does not go on; empty while it does
     * @param canary how its newest revision does as a canary; null when it is none
     * @param problems the most serious first
     * @param now the time
     */
    public record Known(
            String pool,
            long generation,
            String revision,
            List<Agent> agents,
            Target target,
            int least,
            Load load,
            @Nullable Integer startMilliseconds,
            boolean gateways,
            String prepareError,
            Optional<Problem> stopped,
            @Nullable CanaryRun canary,
            List<Problem> problems,
            Instant now) {}

    /** Returns the status. */
    public static VoiceAgentPoolStatus status(Known known, @Nullable VoiceAgentPoolStatus before) {
        List<Agent> counted = known.agents().stream().filter(Agent::counts).toList();
        Agents agents = count(known.agents(), counted);
        int updated = (int) counted.stream().filter(Agent::current).count();
        return new VoiceAgentPoolStatus(
                known.generation(),
                counted.size(),
                SELECTOR.formatted(known.pool()),
                agents,
                sizing(known, before),
                new RolloutStatus(
                        known.revision(),
                        updated,
                        known.stopped()
                                // Kept, it would outlive the operator's configuration that it comes from.
                                .filter(problem -> problem.reason() != Reason.RuntimeNotAllowed)
                                .map(problem -> shortened(problem.message(), LONGEST_REASON))
                                .orElse(null),
                        known.canary() == null ? null : known.canary().toStatus()),
                List.of(
                        ready(known, agents, before),
                        progressing(known, agents, counted.size(), before),
                        degraded(known, before)));
    }

    /** Returns whether two statuses differ in the status of a condition, which is news at once. */
    public static boolean flipped(@Nullable VoiceAgentPoolStatus before, VoiceAgentPoolStatus after) {
        return after.conditions().stream().anyMatch(condition -> {
            Condition old = find(before, condition.type());
            return old == null
                    || old.status() != condition.status()
                    || !Objects.equals(old.reason(), condition.reason())
                            && condition.type().equals("Degraded");
        });
    }

    private static Agents count(List<Agent> all, List<Agent> counted) {
        int idle = 0;
        int busy = 0;
        int starting = 0;
        int outdated = 0;
        for (Agent agent : counted) {
            switch (agent.phase()) {
                case Idle -> {
                    if (agent.ready()) {
                        idle++;
                    } else {
                        starting++;
                    }
                }
                case Busy -> busy++;
                case Unknown, Preparing, Retiring -> starting++;
            }
            outdated += agent.outdated() ? 1 : 0;
        }
        int retiring = (int) all.stream()
                .filter(agent -> !agent.counts() && agent.pod().life() != AgentPod.Life.Ended)
                .count();
        return new Agents(starting, idle, busy, retiring, outdated);
    }

    private static Sizing sizing(Known known, @Nullable VoiceAgentPoolStatus before) {
        Target target = known.target();
        Sizing old = before == null ? null : before.sizing();
        String since = old != null && old.target() == target.agents() && old.sinceTime() != null
                ? old.sinceTime()
                : time(known.now());
        return new Sizing(
                target.agents(),
                target.rule(),
                decimal(known.load().offeredErlangs()),
                decimal(known.load().arrivalsPerSecond() * 60),
                known.startMilliseconds(),
                since,
                target.ignoredReplicas());
    }

    private static Condition ready(Known known, Agents agents, @Nullable VoiceAgentPoolStatus before) {
        int able = agents.idle() + agents.busy();
        if (known.target().agents() == 0 && able == 0) {
            return condition(known, before, "Ready", false, Reason.NoAgentsWanted, "the pool is to have no agents");
        }
        if (able >= known.least()) {
            return condition(
                    known,
                    before,
                    "Ready",
                    true,
                    Reason.AgentsReady,
                    "at least %d agents can take calls".formatted(known.least()));
        }
        String has = "%d of at least %d agents can take calls".formatted(able, known.least());
        if (!known.gateways()) {
            return condition(
                    known,
                    before,
                    "Ready",
                    false,
                    Reason.NoGateway,
                    has + "; no gateway is attached, and agents are prepared by gateways");
        }
        if (!known.prepareError().isEmpty()) {
            return condition(
                    known,
                    before,
                    "Ready",
                    false,
                    Reason.NotPrepared,
                    has + "; agents cannot be prepared: " + known.prepareError());
        }
        return condition(known, before, "Ready", false, Reason.AgentsStarting, has);
    }

    private static Condition progressing(
            Known known, Agents agents, int counted, @Nullable VoiceAgentPoolStatus before) {
        int target = known.target().agents();
        if (known.stopped().isPresent()) {
            Problem stopped = known.stopped().get();
            return condition(known, before, "Progressing", false, stopped.reason(), stopped.message());
        }
        CanaryRun canary = known.canary();
        if (canary != null && canary.running()) {
            return condition(
                    known,
                    before,
                    "Progressing",
                    true,
                    Reason.CanaryRuns,
                    "the newest revision is tried on a share of the calls");
        }
        if (agents.outdated() > 0) {
            return condition(
                    known,
                    before,
                    "Progressing",
                    true,
                    Reason.Replacing,
                    "agents of an older revision or at the end of their use are replaced as they become free");
        }
        if (counted < target || agents.starting() > 0) {
            return condition(known, before, "Progressing", true, Reason.ScalingUp, "agents start");
        }
        if (counted > target) {
            return condition(
                    known, before, "Progressing", true, Reason.ScalingDown, "agents leave as they become free");
        }
        return condition(known, before, "Progressing", false, Reason.Stable, "there are as many agents as wanted");
    }

    private static Condition degraded(Known known, @Nullable VoiceAgentPoolStatus before) {
        if (known.problems().isEmpty()) {
            return condition(known, before, "Degraded", false, Reason.AsExpected, "nothing is wrong");
        }
        List<String> messages =
                new ArrayList<>(known.problems().stream().map(Problem::message).toList());
        return condition(
                known, before, "Degraded", true, known.problems().getFirst().reason(), String.join("; ", messages));
    }

    private static Condition condition(
            Known known,
            @Nullable VoiceAgentPoolStatus before,
            String type,
            boolean holds,
            Reason reason,
            String message) {
        Status status = Status.of(holds);
        Condition old = find(before, type);
        String since = old != null && old.status() == status ? old.lastTransitionTime() : time(known.now());
        return new Condition(
                type, status, known.generation(), since, reason.name(), shortened(message, LONGEST_MESSAGE));
    }

    private static String shortened(String text, int longest) {
        return text.length() > longest ? text.substring(0, longest) : text;
    }

    private static @Nullable Condition find(@Nullable VoiceAgentPoolStatus status, String type) {
        return status == null
                ? null
                : status.conditions().stream()
                        .filter(condition -> condition.type().equals(type))
                        .findFirst()
                        .orElse(null);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
