package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.PoolKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Pods and nodes: the truth that the operator's cache is late of. */
final class Cluster {
    /** A kubelet's lease, and what the node's controller takes to notice. */
    private static final long LEASE_MS = 40_000;

    /** Hears of pods as an informer does, in order. */
    interface Watcher {
        void shown(AgentPod pod);

        void gone(String uid);
    }

    /** What is done to agents is done to pods first. */
    interface Observer {
        Agent started(AgentPod pod, boolean warm);

        void deleting(AgentPod pod);

        void lost(AgentPod pod);
    }

    private static final class Kept {
        AgentPod pod;

        @Nullable
        Agent agent;

        Kept(AgentPod pod) {
            this.pod = pod;
        }
    }

    private final VirtualTime time;
    private final Network network;
    private final Observer observer;
    private final int perNode;
    private final Map<String, Kept> pods = new LinkedHashMap<>();
    /** Agents of ended pods, too: somebody may still have their address. */
    private final Map<String, Agent> agents = new HashMap<>();

    private final List<Integer> onNode = new ArrayList<>();
    private final Set<Integer> roomy = new TreeSet<>();
    private final Set<Integer> lostNodes = new TreeSet<>();
    private final Pipe informer;
    private @Nullable Watcher watcher;
    private int numbers;
    private long versions;

    Cluster(VirtualTime time, Network network, Observer observer, int perNode) {
        this.time = time;
        this.network = network;
        this.observer = observer;
        this.perNode = perNode;
        informer = new Pipe(time, network::informer);
    }

    /** Everything there is, and then every change; a former watcher hears nothing more. */
    Collection<AgentPod> list(Watcher fresh) {
        watcher = fresh;
        return pods.values().stream().map(kept -> kept.pod).toList();
    }

    /** The operator's cache hears nothing for so long, and then all of it. */
    void stall(long nanos) {
        informer.stallUntil(time.nanos() + nanos);
    }

    int size() {
        return pods.size();
    }

    Collection<Agent> agents() {
        return agents.values();
    }

    Agent agent(String uid) {
        return Objects.requireNonNull(agents.get(uid), () -> "no agent " + uid);
    }

    Set<Integer> lostNodes() {
        return lostNodes;
    }

    int nodes() {
        return onNode.size();
    }

    // What the API server takes.

    /** A pod that is there and serves when it all begins. */
    void warm(PoolKey pool, String revision) {
        Kept kept = new Kept(pod(pool, revision, AgentPod.Life.Ready, node()));
        pods.put(kept.pod.uid(), kept);
        Agent agent = observer.started(kept.pod, true);
        kept.agent = agent;
        agents.put(kept.pod.uid(), agent);
    }

    AgentPod create(PoolKey pool, String revision) {
        Kept kept = new Kept(pod(pool, revision, AgentPod.Life.Starting, -1));
        pods.put(kept.pod.uid(), kept);
        tell(kept);
        var unused = time.after(network.between(20, 200), () -> {
            if (pods.containsKey(kept.pod.uid())) {
                int node = node();
                kept.pod = with(kept.pod, AgentPod.Life.Starting, false, kept.pod.evictable(), node);
                tell(kept);
                var started = time.after(network.podStart(), () -> ready(kept));
            }
        });
        return kept.pod;
    }

    private void ready(Kept kept) {
        if (pods.get(kept.pod.uid()) != kept || kept.pod.deleting() || lostNodes.contains(nodeOf(kept.pod))) {
            return;
        }
        kept.pod = with(kept.pod, AgentPod.Life.Ready, false, kept.pod.evictable(), nodeOf(kept.pod));
        Agent agent = observer.started(kept.pod, false);
        kept.agent = agent;
        agents.put(kept.pod.uid(), agent);
        tell(kept);
    }

    /** Deletes a pod; false if it is not as the deleter believes. */
    boolean delete(AgentPod seen, boolean onlyIfUnchanged) {
        Kept kept = pods.get(seen.uid());
        if (kept == null) {
            return true;
        }
        if (onlyIfUnchanged && !kept.pod.resourceVersion().equals(seen.resourceVersion())) {
            return false;
        }
        observer.deleting(kept.pod);
        Agent agent = kept.agent;
        if (kept.pod.life() == AgentPod.Life.Ended || agent == null) {
            remove(kept);
        } else {
            kept.pod = with(kept.pod, kept.pod.life(), true, kept.pod.evictable(), nodeOf(kept.pod));
            tell(kept);
            var unused = time.after(network.between(10, 200), agent::terminate);
        }
        return true;
    }

    /** Deletes a pod whose node is lost. */
    void remove(AgentPod seen) {
        Kept kept = pods.get(seen.uid());
        if (kept != null) {
            observer.deleting(kept.pod);
            remove(kept);
        }
    }

    void label(AgentPod seen, boolean evictable) {
        Kept kept = pods.get(seen.uid());
        if (kept != null) {
            kept.pod = with(kept.pod, kept.pod.life(), kept.pod.deleting(), evictable, nodeOf(kept.pod));
            tell(kept);
        }
    }

    private void remove(Kept kept) {
        AgentPod pod = kept.pod;
        pods.remove(pod.uid());
        int node = nodeOf(pod);
        if (node >= 0 && !lostNodes.contains(node)) {
            onNode.set(node, onNode.get(node) - 1);
            roomy.add(node);
        }
        Agent agent = kept.agent;
        if (agent != null) {
            agent.kill();
            // Long enough for whoever still has its address.
            var unused = time.after(120_000_000_000L, () -> agents.remove(pod.uid()));
        }
        Watcher to = watcher;
        informer.send(() -> {
            if (to != null && to == watcher) {
                to.gone(pod.uid());
            }
        });
    }

    // What happens to pods by itself.

    /** An agent's process ended with status 0. */
    void exited(String uid) {
        Kept kept = pods.get(uid);
        if (kept == null) {
            return;
        }
        if (kept.pod.deleting()) {
            remove(kept);
        } else {
            kept.pod = with(kept.pod, AgentPod.Life.Ended, false, kept.pod.evictable(), nodeOf(kept.pod));
            tell(kept);
        }
    }

    /** A node is gone at once, with all that runs on it. Returns how many agents that were. */
    int loseNode(int node) {
        lostNodes.add(node);
        roomy.remove(node);
        int lost = 0;
        for (Kept kept : List.copyOf(pods.values())) {
            Agent agent = kept.agent;
            if (nodeOf(kept.pod) == node && agent != null) {
                observer.lost(kept.pod);
                agent.kill();
                lost++;
            }
        }
        var unused = time.after(LEASE_MS * 1_000_000, () -> {
            for (Kept kept : List.copyOf(pods.values())) {
                if (nodeOf(kept.pod) == node && kept.pod.life() == AgentPod.Life.Ready) {
                    kept.pod = with(kept.pod, AgentPod.Life.Unready, kept.pod.deleting(), kept.pod.evictable(), node);
                    tell(kept);
                }
            }
        });
        return lost;
    }

    private void tell(Kept kept) {
        AgentPod now = kept.pod;
        Watcher to = watcher;
        informer.send(() -> {
            if (to != null && to == watcher) {
                to.shown(now);
            }
        });
    }

    private int node() {
        for (int node : roomy) {
            int there = onNode.get(node) + 1;
            onNode.set(node, there);
            if (there >= perNode) {
                roomy.remove(node);
            }
            return node;
        }
        onNode.add(1);
        roomy.add(onNode.size() - 1);
        return onNode.size() - 1;
    }

    static int nodeOf(AgentPod pod) {
        return pod.node().isEmpty()
                ? -1
                : Integer.parseInt(pod.node(), "node-".length(), pod.node().length(), 10);
    }

    private AgentPod pod(PoolKey pool, String revision, AgentPod.Life life, int node) {
        int number = numbers++;
        boolean ready = life == AgentPod.Life.Ready;
        return new AgentPod(
                pool,
                pool.name() + "-" + Integer.toString(number, 36),
                "%08x-%s-%s".formatted(number * 0x9e3779b9, pool.namespace(), pool.name()),
                Long.toString(versions++),
                revision,
                life,
                ready,
                false,
                false,
                time.instant(),
                ready ? "10.%d.%d.%d:7000".formatted(number >> 16, number >> 8 & 255, number & 255) : "",
                node < 0 ? "" : "node-" + node,
                node < 0 ? "" : zone(node),
                "",
                new AgentPod.Signs(time.instant(), node < 0 ? null : time.instant(), "", "", null));
    }

    private AgentPod with(AgentPod pod, AgentPod.Life life, boolean deleting, boolean evictable, int node) {
        boolean ready = life == AgentPod.Life.Ready;
        return new AgentPod(
                pod.pool(),
                pod.name(),
                pod.uid(),
                Long.toString(versions++),
                pod.revision(),
                life,
                pod.everReady() || ready,
                deleting,
                evictable,
                pod.created(),
                ready && pod.address().isEmpty() ? "10.0.0.1:" + pod.name() : pod.address(),
                node < 0 ? "" : "node-" + node,
                node < 0 ? "" : zone(node),
                pod.failure(),
                new AgentPod.Signs(
                        life == pod.life() ? pod.signs().changed() : time.instant(),
                        node < 0
                                ? null
                                : pod.signs().placed() == null
                                        ? time.instant()
                                        : pod.signs().placed(),
                        "",
                        "",
                        deleting ? time.instant().plusSeconds(3_600) : null));
    }

    private static String zone(int node) {
        return "zone-" + node % 3;
    }

    static AgentAddress address(AgentPod pod) {
        return AgentAddress.newBuilder()
                .setPool(PoolRef.newBuilder()
                        .setNamespace(pod.pool().namespace())
                        .setName(pod.pool().name()))
                .setPodName(pod.name())
                .setPodUid(pod.uid())
                .setAddress(pod.address())
                .setNode(pod.node())
                .setZone(pod.zone())
                .setRevision(pod.revision())
                .setAvoid(pod.evictable())
                .build();
    }
}
