package dev.dialplane.e2e.node;

import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.e2e.agents.SimulatedAgent;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that are not there. They take every pod of a pool that no node has yet, in place of a scheduler; serve it as an
 * agent at an address of its own; and tell the API server what a kubelet would. Thousands of agents cost a few threads.
 */
public final class SimulatedNodes implements Nodes, SimulatedAgent.Surroundings {
    /** What {@link OfferRequest#getVariablesMap} names the carrier's id of the call by. */
    public static final String CARRIER_CALL_ID = "benchCall";

    private static final String POOL_LABEL = "dialplane.dev/pool";
    private static final int AGENT_PORT = 7070;
    /** How long a pod that agreed to leave waits to be deleted before it is said to have succeeded. */
    private static final long EXIT_SHOWN_AFTER_MS = 3_000;

    private final Settings settings;
    private final WireObserver wire;
    private final PodReport report;
    private final NodeLeases leases;
    private final AddressBlock addresses;
    private final EventLoopGroup loops;
    private final ScheduledExecutorService clock;
    private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Map<String, PodOnNode> pods = new ConcurrentHashMap<>();
    private final List<SharedIndexInformer<Pod>> informers = new ArrayList<>();
    private int turn;
    private volatile boolean closed;
    private volatile long offerTakes;
    private volatile boolean crashing;

    /**
     * How the nodes are.
     *
     * @param count how many, at most 250
     * @param prefix their names begin with this
     * @param startTakes from a pod's binding to Ready
     * @param namespaces whose pods they take
     */
    public record Settings(int count, String prefix, Duration startTakes, List<String> namespaces) {}

    /** A pod and what it became here. {@code deleting}, {@code over} and {@code running} are guarded by itself. */
    private static final class PodOnNode {
        private final SimulatedNode node;
        private final String host;
        private final SimulatedAgent agent;
        private volatile Pod pod;
        private boolean deleting;
        private boolean over;
        private boolean running;

        PodOnNode(Pod pod, SimulatedNode node, String host, SimulatedAgent agent) {
            this.pod = pod;
            this.node = node;
            this.host = host;
            this.agent = agent;
        }
    }

    /**
     * Registers the nodes and takes pods.
     *
     * @param client may do everything; closed by the caller
     */
    public SimulatedNodes(Settings settings, KubernetesClient client, WireObserver wire) throws IOException {
        this.settings = settings;
        this.wire = wire;
        report = new PodReport(client);
        leases = new NodeLeases(client);
        addresses = AddressBlock.claim();
        loops = new NioEventLoopGroup(2);
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("agents-clock").daemon().factory());
        // Ten thousand heartbeats are cancelled long before their time.
        timer.setRemoveOnCancelPolicy(true);
        clock = timer;
        for (int number = 0; number < settings.count(); number++) {
            SimulatedNode node = new SimulatedNode(
                    "%s-%03d".formatted(settings.prefix(), number), number, AGENT_PORT, addresses, loops);
            nodes.add(node);
            leases.register(node);
        }
        var unused = clock.scheduleAtFixedRate(
                () -> writers.execute(this::beat),
                NodeLeases.PERIOD_SECONDS,
                NodeLeases.PERIOD_SECONDS,
                TimeUnit.SECONDS);
        for (String namespace : settings.namespaces()) {
            SharedIndexInformer<Pod> informer =
                    client.pods().inNamespace(namespace).withLabel(POOL_LABEL).runnableInformer(0);
            informers.add(informer);
            informer.exceptionHandler((_, _) -> true);
            informer.addEventHandler(new Events());
            informer.run();
        }
    }

    private void beat() {
        nodes.stream().filter(node -> !node.lost()).forEach(leases::renew);
    }

    private final class Events implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            seen(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                gone(before);
            }
            seen(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean unknown) {
            gone(pod);
        }
    }

    private void seen(Pod pod) {
        String uid = pod.getMetadata().getUid();
        PodOnNode known = pods.get(uid);
        if (known != null) {
            known.pod = pod;
            if (pod.getMetadata().getDeletionTimestamp() != null) {
                wire.podDeleted(uid, pod.getMetadata().getName());
                terminate(known);
            }
            return;
        }
        String node = pod.getSpec().getNodeName();
        if (pod.getMetadata().getDeletionTimestamp() == null && (node == null || node.isEmpty())) {
            place(pod);
        }
    }

    private void place(Pod pod) {
        SimulatedNode node = next();
        String host = node == null ? null : node.takeAddress();
        if (node == null || host == null) {
            // As unschedulable pods are: looked at again when there may be room.
            var unused = clock.schedule(() -> retry(pod), 1, TimeUnit.SECONDS);
            return;
        }
        String uid = pod.getMetadata().getUid();
        SimulatedAgent agent = new SimulatedAgent(pod.getMetadata().getName(), uid, host + ":" + node.port(), this);
        PodOnNode placed = new PodOnNode(pod, node, host, agent);
        pods.put(uid, placed);
        writers.execute(() -> {
            if (report.bind(pod, node.name(), () -> wanted(placed))) {
                var unused = clock.schedule(
                        () -> writers.execute(() -> run(placed)),
                        settings.startTakes().toMillis(),
                        TimeUnit.MILLISECONDS);
            }
        });
    }

    private void retry(Pod pod) {
        for (SharedIndexInformer<Pod> informer : informers) {
            if (!closed && informer.getStore().getByKey(key(pod)) instanceof Pod present) {
                seen(present);
            }
        }
    }

    private static String key(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    private synchronized @Nullable SimulatedNode next() {
        for (int tries = 0; tries < nodes.size(); tries++) {
            SimulatedNode node = nodes.get(turn++ % nodes.size());
            if (node.room() > 0) {
                return node;
            }
        }
        return null;
    }

    private void run(PodOnNode placed) {
        if (crashing) {
            synchronized (placed) {
                placed.over = true;
            }
            var unused = report.ended(placed.pod, placed.host, placed.node.hostAddress(), 1, () -> present(placed));
            return;
        }
        placed.node.serve(placed.host, placed.agent);
        if (report.runs(placed.pod, placed.host, placed.node.hostAddress(), () -> wanted(placed))) {
            synchronized (placed) {
                placed.running = true;
            }
        }
    }

    /** Whether a status of a pod that is to run is still to be told. */
    private boolean wanted(PodOnNode placed) {
        synchronized (placed) {
            return present(placed) && !placed.over;
        }
    }

    private boolean present(PodOnNode placed) {
        return !closed && !placed.node.lost() && pods.containsKey(placed.agent.uid());
    }

    private void terminate(PodOnNode placed) {
        boolean over;
        synchronized (placed) {
            if (placed.deleting || placed.node.lost()) {
                return;
            }
            placed.deleting = true;
            over = placed.over;
        }
        if (over) {
            remove(placed);
        } else {
            placed.agent.terminate();
        }
    }

    private void remove(PodOnNode placed) {
        writers.execute(() -> {
            var unused = report.delete(placed.pod, () -> present(placed));
        });
    }

    private void gone(Pod pod) {
        PodOnNode placed = pods.remove(pod.getMetadata().getUid());
        if (placed != null) {
            wire.podDeleted(pod.getMetadata().getUid(), pod.getMetadata().getName());
            placed.agent.kill();
            if (!placed.node.lost()) {
                placed.node.giveBack(placed.host);
            }
        }
    }

    // What agents are surrounded by.

    @Override
    public ScheduledFuture<?> later(Runnable task, long milliseconds) {
        return clock.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
    }

    @Override
    public long offerTakes() {
        return offerTakes;
    }

    @Override
    public void accepted(SimulatedAgent agent, OfferRequest offer) {
        wire.accepted(
                agent.uid(),
                offer.getFence().getCallId(),
                offer.getFence().getAttempt(),
                offer.getVariablesOrDefault(CARRIER_CALL_ID, ""));
    }

    @Override
    public void conversing(SimulatedAgent agent, String callId, boolean alone) {
        wire.opened(agent.uid(), callId, alone, System.nanoTime());
    }

    @Override
    public void released(SimulatedAgent agent, String callId) {
        wire.released(agent.uid(), callId);
    }

    @Override
    public void exits(SimulatedAgent agent) {
        PodOnNode placed = pods.get(agent.uid());
        if (placed == null || closed) {
            return;
        }
        boolean deleting;
        synchronized (placed) {
            placed.over = true;
            deleting = placed.deleting;
        }
        if (deleting) {
            remove(placed);
            return;
        }
        // Who asked it to leave deletes it, as a rule before a kubelet would have said anything.
        var unused = later(() -> writers.execute(() -> showExit(placed)), EXIT_SHOWN_AFTER_MS);
    }

    private void showExit(PodOnNode placed) {
        synchronized (placed) {
            if (placed.deleting) {
                return;
            }
        }
        var unused = report.ended(placed.pod, placed.host, placed.node.hostAddress(), 0, () -> present(placed));
        placed.agent.kill();
    }

    // Faults.

    @Override
    public void slowOffers(Duration takes) {
        offerTakes = takes.toMillis();
    }

    @Override
    public void crash(boolean crash) {
        crashing = crash;
    }

    @Override
    public void loseFullestNode(Consumer<Set<String>> told) {
        Map<SimulatedNode, Set<String>> byNode = pods.values().stream()
                .filter(placed -> !placed.node.lost())
                .collect(Collectors.groupingBy(
                        placed -> placed.node, Collectors.mapping(placed -> placed.agent.uid(), Collectors.toSet())));
        var fullest = byNode.entrySet().stream()
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .orElseThrow();
        told.accept(fullest.getValue());
        fullest.getKey().lose();
    }

    @Override
    public Map<String, Integer> serving() {
        Map<String, Integer> count = new HashMap<>();
        for (PodOnNode placed : pods.values()) {
            boolean serves;
            synchronized (placed) {
                serves = !placed.deleting && !placed.over && !placed.node.lost() && placed.running;
            }
            if (serves) {
                count.merge(
                        placed.pod.getMetadata().getLabels().getOrDefault("dialplane.dev/revision", ""),
                        1,
                        Integer::sum);
            }
        }
        return count;
    }

    @Override
    public int idle() {
        return (int) pods.values().stream()
                .filter(placed -> !placed.node.lost() && placed.agent.isIdle())
                .count();
    }

    @Override
    public int pods() {
        return pods.size();
    }

    /** Stops; for the API server all nodes are lost. */
    @Override
    public void close() {
        closed = true;
        informers.forEach(SharedIndexInformer::stop);
        clock.shutdownNow();
        nodes.forEach(SimulatedNode::close);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        writers.shutdownNow();
        addresses.close();
    }
}
