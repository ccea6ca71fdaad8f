package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.gateways.AgentBoard;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a pool to be reconciled because something about its agents has changed. Changes that come together are one
 * request: two hundred pods that become ready at once are not two hundred reconciliations. The longer the pools take to
 * reconcile, the longer changes are gathered, so that they do not keep a core busy however many calls they have.
 */
@Singleton
public class PoolTrigger {

    /** How long changes are gathered: too short to be noticed in what an agent's start takes. */
    static final Duration GATHERED = Duration.ofMillis(10);

    /** However long a pool takes, a call that finds no agent is not long without one that is created for it. */
    static final Duration GATHERED_AT_MOST = Duration.ofMillis(500);

    /** The reconciliations of all pools take one part of the time in so many. */
    private static final int SHARE_OF_TIME = 10;

    private final SimpleInboundEventSource<VoiceAgentPool> source = new SimpleInboundEventSource<>("agents");
    private final Set<PoolKey> pending = ConcurrentHashMap.newKeySet();
    private final Map<PoolKey, Duration> took = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("pool-trigger").factory());

    PoolTrigger(AgentPods pods, AgentBoard board) {
        pods.listen(this::podChanged);
        board.listen((pod, _) -> nudge(pod.pool()));
        board.listenToReach(pod -> nudge(pod.pool()));
    }

    /** The event source of the pools' controller. */
    SimpleInboundEventSource<VoiceAgentPool> source() {
        return source;
    }

    /** Asks for a pool to be reconciled soon. */
    public void nudge(PoolKey pool) {
        if (pending.add(pool)) {
            Duration gathered = gathered(took.values().stream().reduce(Duration.ZERO, Duration::plus));
            timer.schedule(() -> fire(pool), gathered.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Asks for a pool to be reconciled after a while. */
    void nudge(PoolKey pool, Duration after) {
        timer.schedule(() -> nudge(pool), after.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes in what it took to reconcile a pool. */
    void took(PoolKey pool, Duration time) {
        took.put(pool, time);
    }

    /** Forgets a pool. */
    void forget(PoolKey pool) {
        took.remove(pool);
    }

    /** Returns how long a pool's changes are gathered when all pools together took so long to reconcile. */
    static Duration gathered(Duration took) {
        Duration wanted = took.multipliedBy(SHARE_OF_TIME - 1);
        if (wanted.compareTo(GATHERED) < 0) {
            return GATHERED;
        }
        return wanted.compareTo(GATHERED_AT_MOST) > 0 ? GATHERED_AT_MOST : wanted;
    }

    private void fire(PoolKey pool) {
        pending.remove(pool);
        if (source.isRunning()) {
            source.propagateEvent(new ResourceID(pool.name(), pool.namespace()));
        }
    }

    private void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        AgentPod either = after != null ? after : before;
        if (either != null) {
            nudge(either.pool());
        }
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }
}
