package dev.dialplane.operator.pool;

import dev.dialplane.crds.Condition;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.kube.EventRecorder;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes pools' statuses: only what changed, at once when a condition flips, and otherwise once in a while. */
@Singleton
class PoolRecorder {

    private static final Logger LOG = Logger.getLogger(PoolRecorder.class);

    /** After it began to lead the operator waits so long for gateways before it writes that agents are not known. */
    private static final Duration GATEWAYS_ATTACH_WITHIN = Duration.ofSeconds(15);

    private static final Duration CACHE_IS_LATE = Duration.ofMillis(100);

    private final OperatorConfig config;
    private final PoolSizer sizer;
    private final Writes writes;
    private final EventRecorder events;
    private final Clock clock;
    private volatile Instant started;

    PoolRecorder(OperatorConfig config, PoolSizer sizer, Writes writes, EventRecorder events, Clock clock) {
        this.config = config;
        this.sizer = sizer;
        this.writes = writes;
        this.events = events;
        this.clock = clock;
        this.started = clock.instant();
    }

    void gained(@Observes Leadership.Gained event) {
        started = clock.instant();
    }

    /** Writes the status if it is time, and returns when to come again if it is not. */
    Optional<Duration> record(VoiceAgentPool pool, PoolObserver.Observation seen) {
        Instant now = clock.instant();
        PoolMemory memory = sizer.memory(PoolSizer.key(pool));
        VoiceAgentPoolStatus before = memory.written != null ? memory.written : pool.getStatus();
        VoiceAgentPoolStatus after = PoolStatusRule.status(seen.toTell(), before);
        if (after.equals(before)) {
            return Optional.empty();
        }
        Duration waited = Duration.between(memory.writtenAt, now);
        if (!PoolStatusRule.flipped(before, after) && waited.compareTo(config.statusInterval()) < 0) {
            return Optional.of(config.statusInterval().minus(waited));
        }
        Duration up = Duration.between(started, now);
        if (before != null && seen.unheard() > 0 && up.compareTo(GATEWAYS_ATTACH_WITHIN) < 0) {
            return Optional.of(GATEWAYS_ATTACH_WITHIN.minus(up));
        }
        if (!written(pool, after)) {
            return Optional.of(CACHE_IS_LATE);
        }
        memory.written = after;
        memory.writtenAt = now;
        tell(pool, before, after);
        return Optional.empty();
    }

    /** Returns false if the pool has changed since it was read. */
    private boolean written(VoiceAgentPool pool, VoiceAgentPoolStatus status) {
        VoiceAgentPool owned = new VoiceAgentPool();
        owned.setMetadata(new ObjectMetaBuilder()
                .withNamespace(pool.getMetadata().getNamespace())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .withResourceVersion(pool.getMetadata().getResourceVersion())
                .build());
        owned.setStatus(status);
        try {
            writes.applyStatus(owned);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
            return false;
        }
    }

    private void tell(VoiceAgentPool pool, @Nullable VoiceAgentPoolStatus before, VoiceAgentPoolStatus after) {
        for (Condition condition : after.conditions()) {
            boolean news = before == null
                    || before.conditions().stream()
                            .noneMatch(old -> old.type().equals(condition.type())
                                    && old.status() == condition.status()
                                    && old.reason().equals(condition.reason()));
            boolean bad = condition.type().equals("Degraded") == (condition.status() == Condition.Status.True);
            if (!news || condition.type().equals("Progressing")) {
                continue;
            }
            LOG.infof(
                    "pool %s/%s: %s is %s (%s): %s",
                    pool.getMetadata().getNamespace(),
                    pool.getMetadata().getName(),
                    condition.type(),
                    condition.status(),
                    condition.reason(),
                    condition.message());
            if (before != null || bad) {
                events.record(
                        pool,
                        bad ? EventRecorder.Type.Warning : EventRecorder.Type.Normal,
                        condition.reason(),
                        "Observe",
                        "%s is %s: %s".formatted(condition.type(), condition.status(), condition.message()));
            }
        }
    }
}
