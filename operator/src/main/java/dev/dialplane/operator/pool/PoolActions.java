package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.gateways.AgentBoard;
import dev.dialplane.operator.kube.EventRecorder;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.pool.CreationPace.Limit;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Carries out a plan. */
@Singleton
class PoolActions {

    private static final Logger LOG = Logger.getLogger(PoolActions.class);

    /** Kubernetes' own alphabet for generated names: no vowels, so no words. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX = 7;

    private final AgentPods pods;
    private final AgentBoard board;
    private final Retirements retirements;
    private final PoolSizer sizer;
    private final Writes writes;
    private final EventRecorder events;
    private final Clock clock;
    private final PoolTrigger trigger;
    private final Limit limit;
    private final RandomGenerator random = new SecureRandom();
    private CreationPaces paces = CreationPaces.rested();

    PoolActions(
            AgentPods pods,
            AgentBoard board,
            Retirements retirements,
            PoolSizer sizer,
            Writes writes,
            EventRecorder events,
            PoolTrigger trigger,
            OperatorConfig config,
            Clock clock) {
        this.pods = pods;
        this.board = board;
        this.retirements = retirements;
        this.sizer = sizer;
        this.writes = writes;
        this.events = events;
        this.trigger = trigger;
        this.clock = clock;
        this.limit = new Limit(config.creationsPerSecond(), config.creationBurst());
    }

    /**
     * Carries a plan out. What fails now is decided anew at the next reconciliation.
     *
     * @throws KubernetesClientException if the API server cannot be reached
     */
    void carryOut(PoolPlan plan, AgentPodTemplate template) {
        VoiceAgentPool pool = template.pool();
        if (!plan.isEmpty()) {
            LOG.debugf("pool %s: %s", pool.getMetadata().getName(), plan);
        }
        plan.delete().forEach(pod -> delete(pod, pod.failure(), pool));
        plan.giveUp().forEach(given -> delete(given.pod(), given.why(), pool));
        create(plan, template);
        plan.retire().forEach(pod -> retirements.ask(pod, "the pool has it replaced, or needs fewer"));
        plan.mark().forEach(pod -> label(pod, "true"));
        plan.unmark().forEach(pod -> label(pod, null));
    }

    private void create(PoolPlan plan, AgentPodTemplate template) {
        PoolKey pool = PoolSizer.key(template.pool());
        int wanted = plan.create() + plan.createAlike();
        int count = wanted == 0 ? 0 : granted(wanted, pool);
        Optional<Pod> like = Optional.ofNullable(plan.like()).flatMap(pods::read);
        for (int i = 0; i < count; i++) {
            String suffix = suffix();
            boolean newest = i < plan.create();
            if (!newest && like.isEmpty()) {
                return;
            }
            if (!created(newest ? template.pod(suffix) : template.podLike(like.orElseThrow(), suffix), pool)) {
                return;
            }
        }
    }

    /** Returns false if the API server refuses such pods. */
    private boolean created(Pod pod, PoolKey pool) {
        PoolMemory memory = sizer.memory(pool);
        try {
            pods.created(writes.create(pod));
            memory.refusal("");
        } catch (KubernetesClientException e) {
            if (e.getCode() < 400 || e.getCode() >= 500 || e.getCode() == 429) {
                throw e;
            }
            if (e.getCode() != 409) {
                memory.refusal(refusal(pod, e));
                LOG.warnf("pool %s: a pod was refused: %s", pool.name(), refusal(pod, e));
                return false;
            }
        }
        return true;
    }

    /** What the API server says, without the pod's name: the next one has another, and is refused for the same reason. */
    private static String refusal(Pod pod, KubernetesClientException failure) {
        String said = failure.getStatus() == null
                ? failure.getMessage()
                : failure.getStatus().getMessage();
        return String.valueOf(said).replace("pods \"" + pod.getMetadata().getName() + "\" is forbidden: ", "");
    }

    /** Takes what its namespace may have; what that is not now is decided anew a little later. */
    private synchronized int granted(int wanted, PoolKey pool) {
        CreationPaces.Granted granted = paces.take(pool.namespace(), wanted, limit, clock.instant());
        paces = granted.after();
        if (!granted.again().isZero()) {
            trigger.nudge(pool, granted.again());
        }
        return granted.pods();
    }

    private void delete(AgentPod pod, String why, VoiceAgentPool pool) {
        boolean ended = pod.life() == AgentPod.Life.Ended;
        boolean failed = !why.isEmpty() && !why.startsWith("exit code 0");
        boolean heard = board.of(pod.uid()).isPresent();
        if ((ended || failed) && sizer.memory(pod.pool()).died(pod, heard, why, clock.instant()) && failed) {
            LOG.infof("pod %s of pool %s failed: %s", pod.name(), pod.pool(), why);
            events.record(
                    pool,
                    EventRecorder.Type.Warning,
                    ended ? "AgentEnded" : "AgentNotStarted",
                    "Replace",
                    "pod %s %s (%s) and is replaced".formatted(pod.name(), ended ? "ended" : "does not start", why));
        }
        // A pod that only starts must not have become ready since: a call may be with it then.
        boolean unchanged = pod.life() == AgentPod.Life.Starting;
        boolean deleted = writes.delete(
                Pod.class,
                pod.pool().namespace(),
                pod.name(),
                pod.uid(),
                unchanged ? pod.resourceVersion() : null,
                ended ? Long.valueOf(0) : null);
        if (deleted) {
            pods.deleted(pod);
        }
    }

    private void label(AgentPod pod, @Nullable String value) {
        try {
            writes.label(Pod.class, pod.pool().namespace(), pod.name(), pod.uid(), Labels.EVICTABLE, value);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder(SUFFIX);
        for (int i = 0; i < SUFFIX; i++) {
            suffix.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }
}
