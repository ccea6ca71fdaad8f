package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that agents run on. Nodes are watched; their leases are read, and only those of nodes that are in doubt,
 * because watching five thousand of them is five hundred messages a second about nothing.
 */
@Singleton
class AgentNodes {

    /** A lease is not read again sooner. */
    static final Duration LEASE_READ_EVERY = Duration.ofSeconds(1);

    private static final String LEASES = "kube-node-lease";
    private static final Logger LOG = Logger.getLogger(AgentNodes.class);

    private final KubernetesClient client;
    private final AgentPods pods;
    private final PoolTrigger trigger;
    private final Clock clock;
    private final Map<String, NodeSigns> nodes = new HashMap<>();
    private final Map<String, Instant> leasesRead = new HashMap<>();

    private @Nullable SharedIndexInformer<Node> informer;

    AgentNodes(KubernetesClient client, AgentPods pods, PoolTrigger trigger, MeterRegistry meters, Clock clock) {
        this.client = client;
        this.pods = pods;
        this.trigger = trigger;
        this.clock = clock;
        meters.gauge("dialplane.drains.waiting", this, (ToDoubleFunction<AgentNodes>)
                known -> known.waiting().count());
        meters.gauge("dialplane.drains.waiting.seconds", this, AgentNodes::longestWait);
    }

    void start(@Observes StartupEvent event) {
        informer = client.nodes()
                .runnableInformer(0)
                .itemStore(new NamesOnly<>(Node::new))
                .exceptionHandler((started, failure) -> {
                    LOG.warnf("nodes cannot be watched now, trying again: %s", failure.getMessage());
                    return true;
                })
                .addEventHandler(new FromInformer());
        informer.start();
    }

    void stop(@Observes ShutdownEvent event) {
        if (informer != null) {
            informer.stop();
        }
    }

    /**
     * Returns what is known of a node; empty when it has no name yet, or nodes are not known at all.
     *
     * @param doubted whether something is wrong there, so that its lease is worth a look
     */
    Optional<NodeSigns> of(String node, boolean doubted) {
        if (node.isEmpty() || informer == null || !informer.hasSynced()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        boolean read;
        synchronized (this) {
            NodeSigns known = nodes.computeIfAbsent(node, _ -> NodeSigns.absent(now));
            Instant before = leasesRead.get(node);
            read = known.there()
                    && (doubted || !known.ready())
                    && (before == null || !before.plus(LEASE_READ_EVERY).isAfter(now));
            if (!read) {
                return Optional.of(known);
            }
            leasesRead.put(node, now);
        }
        return Optional.of(readLease(node, now));
    }

    /** Returns whether somebody empties a node. */
    synchronized boolean drained(String node) {
        NodeSigns known = nodes.get(node);
        return known != null && known.there() && known.drained();
    }

    private NodeSigns readLease(String node, Instant now) {
        Lease lease;
        try {
            lease = client.leases().inNamespace(LEASES).withName(node).get();
        } catch (KubernetesClientException e) {
            // Who cannot ask knows nothing new.
            LOG.debugf("the lease of node %s cannot be read: %s", node, e.getMessage());
            synchronized (this) {
                return nodes.compute(node, (_, known) -> (known == null ? NodeSigns.absent(now) : known).unread(now));
            }
        }
        String renewed = lease == null || lease.getSpec().getRenewTime() == null
                ? null
                : lease.getSpec().getRenewTime().toString();
        Integer seconds = lease == null ? null : lease.getSpec().getLeaseDurationSeconds();
        Duration lasts = seconds == null ? NodeSigns.USUAL_LEASE : Duration.ofSeconds(seconds);
        synchronized (this) {
            return nodes.compute(
                    node, (_, known) -> (known == null ? NodeSigns.absent(now) : known).lease(renewed, lasts, now));
        }
    }

    private synchronized Stream<NodeSigns> waiting() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().there() && node.getValue().drained() && pods.onNode(node.getKey()) > 0)
                .map(Map.Entry::getValue)
                .toList()
                .stream();
    }

    private double longestWait() {
        Instant now = clock.instant();
        return waiting()
                .mapToDouble(node -> Duration.between(node.drainedSince(), now).toMillis() / 1000.0)
                .max()
                .orElse(0);
    }

    private void changed(String node, boolean there, boolean ready, boolean drained) {
        Instant now = clock.instant();
        NodeSigns before;
        NodeSigns after;
        synchronized (this) {
            before = nodes.getOrDefault(node, NodeSigns.absent(now));
            after = there ? before.seen(ready, drained, now) : before.removed(now);
            nodes.put(node, after);
        }
        if (!after.equals(before)) {
            pods.poolsOn(node).forEach(trigger::nudge);
        }
    }

    private final class FromInformer implements ResourceEventHandler<Node> {
        @Override
        public void onAdd(Node node) {
            seen(node);
        }

        @Override
        public void onUpdate(Node before, Node node) {
            seen(node);
        }

        @Override
        public void onDelete(Node node, boolean finalStateUnknown) {
            changed(node.getMetadata().getName(), false, false, false);
        }

        private void seen(Node node) {
            boolean ready = node.getStatus() == null
                    || node.getStatus().getConditions().stream()
                            .noneMatch(condition ->
                                    condition.getType().equals("Ready") && !"True".equals(condition.getStatus()));
            changed(
                    node.getMetadata().getName(),
                    true,
                    ready,
                    Boolean.TRUE.equals(node.getSpec().getUnschedulable()));
        }
    }
}
