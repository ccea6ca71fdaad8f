package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.agentspec.Models;
import dev.dialplane.operator.agentspec.RecordingCheck;
import dev.dialplane.operator.gateways.RecordingPlaces;
import dev.dialplane.operator.gateways.Roster;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.tls.Certificates;
import dev.dialplane.operator.tls.OperatorTls;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Makes a pool what its spec says: observe, decide, act, record. */
@ControllerConfiguration(name = "voiceagentpools")
public class PoolReconciler implements Reconciler<VoiceAgentPool> {

    private static final Logger LOG = Logger.getLogger(PoolReconciler.class);
    private static final Duration PODS_UNKNOWN = Duration.ofMillis(200);

    private final OperatorConfig config;
    private final AgentPods pods;
    private final PoolObserver observer;
    private final LostAgents lost;
    private final PoolActions actions;
    private final PoolRecorder recorder;
    private final PoolSizer sizer;
    private final PoolTrigger trigger;
    private final Pools pools;
    private final Roster roster;
    private final PoolMeters meters;
    private final Writes writes;
    private final Leadership leadership;
    private final AgentPodTemplate.Installation installation;
    private final Certificates certificates;

    PoolReconciler(
            OperatorConfig config,
            AgentPods pods,
            PoolObserver observer,
            LostAgents lost,
            PoolActions actions,
            PoolRecorder recorder,
            PoolSizer sizer,
            PoolTrigger trigger,
            Pools pools,
            Roster roster,
            PoolMeters meters,
            Writes writes,
            Leadership leadership,
            Models models,
            RecordingPlaces recordings,
            OperatorTls tls,
            Certificates certificates) {
        this.config = config;
        this.pods = pods;
        this.observer = observer;
        this.lost = lost;
        this.actions = actions;
        this.recorder = recorder;
        this.sizer = sizer;
        this.trigger = trigger;
        this.pools = pools;
        this.roster = roster;
        this.meters = meters;
        this.writes = writes;
        this.leadership = leadership;
        this.installation = new AgentPodTemplate.Installation(
                config.inference(),
                config.agentImage(),
                config.agentPriorityClass().orElse(""),
                tls.on());
        this.certificates = certificates;
        models.listen(() -> pools.keys().forEach(trigger::nudge));
        recordings.listen(this::nudgeRecorded);
    }

    /** A leader looks at every pool anew: as long as it stood by it did nothing about them. */
    void gained(@Observes Leadership.Gained event) {
        pools.keys().forEach(trigger::nudge);
    }

    private void nudgeRecorded() {
        pools.keys().stream()
                .filter(key -> pools.find(key)
                        .filter(pool -> RecordingCheck.wanted(pool.getSpec().compliance()))
                        .isPresent())
                .forEach(trigger::nudge);
    }

    @Override
    public List<EventSource<?, VoiceAgentPool>> prepareEventSources(EventSourceContext<VoiceAgentPool> context) {
        pools.use(context.getPrimaryCache());
        var budgets = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(PodDisruptionBudget.class, VoiceAgentPool.class)
                        .withLabelSelector(Labels.POOL)
                        .build(),
                context);
        if (!config.networkPolicies()) {
            return List.of(trigger.source(), budgets);
        }
        var policies = new InformerEventSource<>(
                InformerEventSourceConfiguration.from(NetworkPolicy.class, VoiceAgentPool.class)
                        .withLabelSelector(Labels.POOL)
                        .build(),
                context);
        return List.of(trigger.source(), budgets, policies);
    }

    @Override
    public UpdateControl<VoiceAgentPool> reconcile(VoiceAgentPool pool, Context<VoiceAgentPool> context) {
        PoolKey key = PoolSizer.key(pool);
        if (context.isPrimaryResourceDeleted()) {
            return forget(key);
        }
        AgentPodTemplate template = AgentPodTemplate.of(pool, installation);
        roster.put(key, PoolNotice.of(pool, template.revision()));
        if (pool.getMetadata().getDeletionTimestamp() != null) {
            return UpdateControl.noUpdate();
        }
        if (!leadership.leads()) {
            return UpdateControl.noUpdate();
        }
        if (!pods.synced()) {
            return UpdateControl.<VoiceAgentPool>noUpdate().rescheduleAfter(PODS_UNKNOWN);
        }
        protect(pool, context);
        certify(pool);
        long began = System.nanoTime();
        Optional<Duration> doubt = lost.settle(pool);
        PoolObserver.Observation seen = settle(pool, template, began);
        meters.observed(key, seen.toTell());
        Duration again = Stream.of(recorder.record(pool, seen), doubt, Optional.of(PoolSizer.LOOK_AGAIN))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        return UpdateControl.<VoiceAgentPool>noUpdate().rescheduleAfter(again);
    }

    /** Observes, decides and acts; returns what there is now. */
    private PoolObserver.Observation settle(VoiceAgentPool pool, AgentPodTemplate template, long began) {
        PoolObserver.Observation seen = observer.observe(pool, template);
        PoolPlan plan = PoolPlan.decide(seen.toPlan());
        trigger.took(PoolSizer.key(pool), Duration.ofNanos(System.nanoTime() - began));
        if (plan.isEmpty()) {
            return seen;
        }
        actions.carryOut(plan, template);
        return observer.observe(pool, template);
    }

    /** Agents that are there have a certificate that holds for days: trouble with the next one must not stop all else. */
    private void certify(VoiceAgentPool pool) {
        try {
            certificates.keep(pool, Owned.reference(pool));
        } catch (KubernetesClientException e) {
            LOG.warnf("pool %s: its agents' certificate cannot be written: %s", PoolSizer.key(pool), e.getMessage());
        }
    }

    private void protect(VoiceAgentPool pool, Context<VoiceAgentPool> context) {
        keep(DisruptionBudget.of(pool), DisruptionBudget::matches, context);
        if (config.networkPolicies()) {
            keep(AgentNetworkPolicy.of(pool, config.namespace()), AgentNetworkPolicy::matches, context);
        }
    }

    /** Writes what belongs to the pool, unless it is there and says what it should. */
    private <T extends HasMetadata> void keep(T wanted, BiPredicate<T, T> matches, Context<VoiceAgentPool> context) {
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) wanted.getClass();
        boolean there = context.getSecondaryResource(type)
                .filter(found -> matches.test(found, wanted))
                .isPresent();
        if (!there) {
            writes.apply(wanted);
        }
    }

    private UpdateControl<VoiceAgentPool> forget(PoolKey pool) {
        roster.remove(pool);
        sizer.forget(pool);
        meters.forget(pool);
        trigger.forget(pool);
        return UpdateControl.noUpdate();
    }
}
