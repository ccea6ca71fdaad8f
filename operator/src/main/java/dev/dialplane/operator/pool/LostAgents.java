package dev.dialplane.operator.pool;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.gateways.AgentBoard;
import dev.dialplane.operator.kube.EventRecorder;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.pool.LossRule.Evidence;
import dev.dialplane.operator.pool.LossRule.NodeState;
import dev.dialplane.operator.pool.LossRule.Patience;
import dev.dialplane.operator.pool.LossRule.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Gives up agents that are lost, so that their pods go and the pool is filled again. */
@Singleton
class LostAgents {

    private static final Logger LOG = Logger.getLogger(LostAgents.class);

    /** Long enough for a kubelet to be asked once, too short for a process that is stuck to be waited for. */
    private static final long STOPPED_WITHIN_SECONDS = 1;

    private final OperatorConfig config;
    private final AgentPods pods;
    private final AgentNodes nodes;
    private final AgentBoard board;
    private final Retirements retirements;
    private final Writes writes;
    private final EventRecorder events;
    private final MeterRegistry meters;
    private final Clock clock;

    LostAgents(
            OperatorConfig config,
            AgentPods pods,
            AgentNodes nodes,
            AgentBoard board,
            Retirements retirements,
            Writes writes,
            EventRecorder events,
            MeterRegistry meters,
            Clock clock) {
        this.config = config;
        this.pods = pods;
        this.nodes = nodes;
        this.board = board;
        this.retirements = retirements;
        this.writes = writes;
        this.events = events;
        this.meters = meters;
        this.clock = clock;
    }

    /** Gives up a pool's lost agents; returns when to look again if some are in doubt. */
    Optional<Duration> settle(VoiceAgentPool pool) {
        Instant now = clock.instant();
        Patience patience = new Patience(
                config.lostAfter(), DurationText.parse(pool.getSpec().call().maxDuration()));
        boolean othersReached = board.reachesAny();
        boolean doubt = false;
        for (AgentPod pod : pods.of(PoolSizer.key(pool))) {
            Verdict verdict = LossRule.judge(evidence(pod, othersReached, now), patience, now);
            switch (verdict) {
                case Verdict.Keep() -> {}
                case Verdict.Doubt() -> doubt = true;
                case Verdict.Replace(String why) -> give(pod, pool, verdict, why, null);
                case Verdict.Stop(String why) -> give(pod, pool, verdict, why, STOPPED_WITHIN_SECONDS);
                case Verdict.Remove(String why) -> give(pod, pool, verdict, why, 0L);
            }
        }
        return doubt ? Optional.of(config.lostAfter().dividedBy(4)) : Optional.empty();
    }

    private Evidence evidence(AgentPod pod, boolean othersReached, Instant now) {
        boolean doubted =
                board.word(pod.uid()).unreachedSince() != null || pod.deleting() || pod.life() == AgentPod.Life.Unready;
        Optional<NodeSigns> node = nodes.of(pod.node(), doubted);
        // After the node, whose lease may take a while to be read, and at once: an agent that was without reach and is
        // idle now is not an idle one without reach.
        AgentBoard.Word word = board.word(pod.uid());
        AgentPhase phase =
                word.heard() == null ? AgentPhase.Unknown : word.heard().phase();
        return new Evidence(
                pod,
                phase == AgentPhase.Busy || phase == AgentPhase.Unknown,
                word.heard() != null,
                retirements.agreed(pod.uid()),
                node.map(known -> known.state(now)).orElse(NodeState.Fine),
                node.map(NodeSigns::since).orElse(now),
                word.unreachedSince(),
                othersReached);
    }

    private void give(AgentPod pod, VoiceAgentPool pool, Verdict verdict, String why, @Nullable Long graceSeconds) {
        String how = verdict.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        if (writes.delete(Pod.class, pod.pool().namespace(), pod.name(), pod.uid(), null, graceSeconds)) {
            pods.deleted(pod);
            meters.counter("dialplane.operator.agents.given.up", "how", how).increment();
            LOG.warnf("pod %s of pool %s is given up (%s): %s", pod.name(), pod.pool(), how, why);
            events.record(
                    pool,
                    EventRecorder.Type.Warning,
                    "AgentLost",
                    "GiveUp",
                    "pod %s is given up and replaced: %s".formatted(pod.name(), why));
        }
    }
}
