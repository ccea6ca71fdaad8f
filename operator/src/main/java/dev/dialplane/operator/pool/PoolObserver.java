package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.Rollout;
import dev.dialplane.crds.pool.Scaling;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.RolloutStatus;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.agentspec.AnswerCheck;
import dev.dialplane.operator.agentspec.ModelCheck;
import dev.dialplane.operator.agentspec.Models;
import dev.dialplane.operator.agentspec.RecordingCheck;
import dev.dialplane.operator.gateways.AgentBoard;
import dev.dialplane.operator.gateways.Orders;
import dev.dialplane.operator.gateways.RecordingPlaces;
import dev.dialplane.operator.pool.CanaryRule.Terms;
import dev.dialplane.operator.pool.PoolSizer.Sized;
import dev.dialplane.operator.pool.PoolStatusRule.Problem;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gathers what is known of a pool into plain values, on which the decisions rest. */
@Singleton
class PoolObserver {

    /** Failures in a row that are more than bad luck. */
    private static final int FAILING_AFTER = 3;

    private final OperatorConfig config;
    private final AgentPods pods;
    private final AgentNodes nodes;
    private final AgentBoard board;
    private final PoolSizer sizer;
    private final Retirements retirements;
    private final Models models;
    private final Orders orders;
    private final RecordingPlaces recordings;
    private final Clock clock;
    private final RuntimePolicy policy;

    PoolObserver(
            OperatorConfig config,
            AgentPods pods,
            AgentNodes nodes,
            AgentBoard board,
            PoolSizer sizer,
            Retirements retirements,
            Models models,
            Orders orders,
            RecordingPlaces recordings,
            Clock clock) {
        this.config = config;
        this.pods = pods;
        this.nodes = nodes;
        this.board = board;
        this.sizer = sizer;
        this.retirements = retirements;
        this.models = models;
        this.orders = orders;
        this.recordings = recordings;
        this.clock = clock;
        this.policy = new RuntimePolicy(
                config.allowedImages().orElse(List.of()),
                config.allowedPriorityClasses().orElse(List.of()));
    }

    /**
     * What was observed of a pool.
     *
     * @param toPlan what to do rests on this
     * @param toTell the status rests on this
     * @param unheard ready agents of which no gateway has told
     */
    record Observation(PoolPlan.Observed toPlan, PoolStatusRule.Known toTell, int unheard) {}

    Observation observe(VoiceAgentPool pool, AgentPodTemplate template) {
        Instant now = clock.instant();
        PoolKey key = PoolSizer.key(pool);
        Scaling scaling = pool.getSpec().scaling();
        List<AgentPod> present = pods.of(key);
        List<Agent> agents = agents(present, pool, template, now);

        int others = pods.inNamespace(key.namespace()) - present.size();
        int most = NamespaceLimit.most(scaling.max(), others, config.agentsPerNamespace(), allowsLargeNamespace(pool));
        Sized sized = sizer.size(pool, most);
        PoolMemory memory = sizer.memory(key);
        Rollout rollout = pool.getSpec().rollout();
        RolloutStatus before =
                pool.getStatus() == null ? null : pool.getStatus().rollout();
        Trial trial = memory.trial(template.revision(), rollout.pauseAfterFailures(), before);
        int older = (int) agents.stream()
                .filter(agent -> agent.counts() && !agent.current())
                .count();
        int newest = (int) agents.stream()
                .filter(agent -> agent.counts() && agent.current())
                .count();
        CanaryRun canary = memory.canary(
                template.revision(),
                rollout.canary() == null ? null : Terms.of(rollout.canary()),
                older > newest,
                before,
                now);
        int target = sized.target().agents();
        List<String> forbidden = policy.problems(pool.getSpec().runtime());
        Spread spread = forbidden.isEmpty()
                ? Spread.of(older > 0, trial.failed(), canary, canaryShare(rollout, target))
                : new Spread.NoFurther();
        Optional<Problem> stopped = forbidden.isEmpty()
                ? stopped(spread, trial, canary)
                : Optional.of(new Problem(Reason.RuntimeNotAllowed, String.join("; ", forbidden)));
        var toPlan = new PoolPlan.Observed(
                target,
                agents,
                Share.of(rollout.maxSurge(), target, true),
                Share.of(rollout.maxUnavailable(), target, false),
                memory.backOff().over(now),
                spread,
                config.startWithin(),
                config.evictableAfter(),
                now);
        int unheard = (int) agents.stream()
                .filter(agent -> agent.ready() && agent.phase() == AgentPhase.Unknown)
                .count();
        var toTell = new PoolStatusRule.Known(
                key.name(),
                pool.getMetadata().getGeneration(),
                template.revision(),
                agents,
                sized.target(),
                scaling.mode() == Scaling.Mode.Auto
                        ? Math.clamp(scaling.min(), 1, Math.max(1, target))
                        : Math.min(1, target),
                sized.load(),
                sized.startMilliseconds(),
                orders.anyGateway(),
                prepareError(present),
                stopped,
                canary,
                problems(pool, present, sized, memory, stopped, most < scaling.max() && target >= most),
                now);
        return new Observation(toPlan, toTell, unheard);
    }

    /** A canary is at least one agent. */
    private static int canaryShare(Rollout rollout, int target) {
        return rollout.canary() == null
                ? target
                : Math.max(1, target * Share.percent(rollout.canary().share()) / 100);
    }

    /** Returns what keeps the rollout from going on. */
    private static Optional<Problem> stopped(Spread spread, Trial trial, @Nullable CanaryRun canary) {
        return switch (spread) {
            case Spread.Everywhere _, Spread.Tried _ -> Optional.empty();
            case Spread.NoFurther _ ->
                Optional.of(new Problem(Reason.RolloutPaused, "the rollout is paused: " + trial.reason()));
            case Spread.TakenBack _ ->
                Optional.of(new Problem(Reason.CanaryTakenBack, canary == null ? "" : canary.reason()));
        };
    }

    private List<Agent> agents(List<AgentPod> present, VoiceAgentPool pool, AgentPodTemplate template, Instant now) {
        RecycleRule recycle = RecycleRule.of(pool.getSpec().recycle());
        List<Agent> agents = new ArrayList<>(present.size());
        for (AgentPod pod : present) {
            Optional<AgentBoard.Heard> heard = board.of(pod.uid());
            int served = heard.map(AgentBoard.Heard::served).orElse(0);
            agents.add(new Agent(
                    pod,
                    heard.map(AgentBoard.Heard::phase).orElse(AgentPhase.Unknown),
                    heard.map(AgentBoard.Heard::since).orElse(pod.created()),
                    served,
                    pod.revision().equals(template.revision()),
                    recycle.worn(served, pod.created(), now),
                    retirements.asked(pod.uid()),
                    retirements.agreed(pod.uid()),
                    new Agent.Place(nodes.drained(pod.node()), pods.onNode(pod.node()))));
        }
        return agents;
    }

    private String prepareError(List<AgentPod> present) {
        return present.stream()
                .map(pod ->
                        board.of(pod.uid()).map(AgentBoard.Heard::prepareError).orElse(""))
                .filter(error -> !error.isEmpty())
                .findFirst()
                .orElse("");
    }

    private List<Problem> problems(
            VoiceAgentPool pool,
            List<AgentPod> present,
            Sized sized,
            PoolMemory memory,
            Optional<Problem> stopped,
            boolean full) {
        List<Problem> problems = new ArrayList<>();
        stopped.ifPresent(problems::add);
        add(problems, Reason.InvalidAnswer, AnswerCheck.problems(pool.getSpec().agent()));
        models.known()
                .ifPresent(known -> add(
                        problems,
                        Reason.UnknownModel,
                        ModelCheck.problems(pool.getSpec().agent().pipeline(), known)));
        BackOff backOff = memory.backOff();
        if (backOff.failures() >= FAILING_AFTER) {
            problems.add(new Problem(
                    Reason.AgentsFail,
                    "%d new pods in a row ended before they were ready (the last: %s); see their logs and spec.runtime"
                            .formatted(backOff.failures(), backOff.last())));
        }
        List<AgentPod> unplaced = present.stream()
                .filter(pod -> pod.life() == AgentPod.Life.Starting
                        && !pod.signs().unschedulable().isEmpty())
                .toList();
        if (!unplaced.isEmpty()) {
            problems.add(new Problem(
                    Reason.Unschedulable,
                    "no node takes %d of the pool's pods (%s): %s; add nodes, or ask for less in spec.runtime"
                            .formatted(
                                    unplaced.size(),
                                    unplaced.getFirst().name(),
                                    unplaced.getFirst().signs().unschedulable())));
        }
        String refusal = memory.refusal();
        if (!refusal.isEmpty()) {
            problems.add(new Problem(Reason.PodsRefused, "pods cannot be created: " + refusal));
        }
        add(problems, Reason.InvalidSchedule, sized.problems());
        if (full) {
            problems.add(new Problem(
                    Reason.NamespaceFull,
                    "the namespace is full with %d pods; %s"
                            .formatted(
                                    Math.min(config.agentsPerNamespace(), NamespaceLimit.PODS),
                                    config.agentsPerNamespace() < NamespaceLimit.PODS
                                            ? "the operator allows no more (dialplane.operator.agents-per-namespace)"
                                            : "spread pools over namespaces, or annotate the pool with "
                                                    + Labels.ALLOW_LARGE_NAMESPACE + "=true")));
        }
        models.silence().ifPresent(message -> problems.add(new Problem(Reason.InferenceSilent, message)));
        // Last: no call fails for it.
        add(
                problems,
                Reason.RecordingImpossible,
                RecordingCheck.problems(pool.getSpec().compliance(), recordings.all()));
        return problems;
    }

    private static void add(List<Problem> problems, Reason reason, List<String> messages) {
        if (!messages.isEmpty()) {
            problems.add(new Problem(reason, String.join("; ", messages)));
        }
    }

    private static boolean allowsLargeNamespace(VoiceAgentPool pool) {
        var annotations = pool.getMetadata().getAnnotations();
        return annotations != null && "true".equals(annotations.get(Labels.ALLOW_LARGE_NAMESPACE));
    }
}
