package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.e2e.invariants.Invariants;
import dev.dialplane.e2e.invariants.Violation;
import dev.dialplane.e2e.load.CallGenerator;
import dev.dialplane.e2e.node.Nodes;
import dev.dialplane.e2e.node.SimulatedNodes;
import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A real control plane with simulated agents and callers around it, and the checker that watches them every second. Agents,
 * callers and checker share this process, so that one clock measures all.
 */
final class World implements AutoCloseable {
    private static final String POOL = "bench";
    /** So that a pool's surge fits into its namespace, too: 3,000 pods are the most. */
    private static final int AGENTS_PER_NAMESPACE = 2_400;
    /** More are spread over processes: each has a connection from every gateway, and a process has few descriptors. */
    private static final int AGENTS_IN_PROCESS = 4_000;

    /** Longer than a gateway waits for a call that its former process held. */
    private static final long GRACE_MS = 45_000;

    private static final int MOST_VIOLATIONS_KEPT = 1_000;
    private static final Duration LONGEST_START = Duration.ofMinutes(10);

    private final Shape shape;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<PoolRef> pools = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final ScheduledExecutorService everySecond = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("checker").daemon().factory());
    private final Invariants invariants;
    private final CallBook book;
    private final EndEvents endEvents;
    private final ControlPlane plane;
    private final Nodes nodes;
    private final SessionWatch sessions;
    private final CallGenerator generator;

    /**
     * What there is.
     *
     * @param agents how many, over all namespaces
     * @param namespaces how many at least
     * @param nodes how many
     * @param gateways how many
     * @param retainedSessions how many ended sessions are kept
     * @param ttlMs how long a session must stay; 0 if that is not looked at
     * @param proxied whether the operator's watches can be held back
     */
    record Shape(
            int agents, int namespaces, int nodes, int gateways, int retainedSessions, long ttlMs, boolean proxied) {
        /** As many nodes as such agents need in reality, and room for a rollout and a lost node. */
        static Shape of(int agents, int namespaces, int gateways) {
            return new Shape(agents, namespaces, Math.max(4, agents / 80), gateways, 20_000, 600_000, false);
        }

        Shape behindProxy() {
            return new Shape(agents, namespaces, nodes, gateways, retainedSessions, ttlMs, true);
        }
    }

    World(Path out, Shape shape, Progress progress) throws IOException, InterruptedException {
        this.shape = shape;
        invariants = new Invariants(GRACE_MS, shape.ttlMs(), true);
        book = new CallBook(invariants);
        try {
            endEvents = opened(new EndEvents(invariants));
            plane = opened(new ControlPlane(
                    out,
                    new ControlPlane.Options(
                            shape.gateways(), shape.retainedSessions(), Optional.of(endEvents.uri()), shape.proxied()),
                    progress));
            List<String> namespaces = namespaces();
            nodes = opened(
                    shape.agents() <= AGENTS_IN_PROCESS
                            ? new SimulatedNodes(
                                    new SimulatedNodes.Settings(
                                            shape.nodes(), "sim", Duration.ofMillis(300), namespaces),
                                    plane.client(),
                                    book)
                            : new RemoteNodes(plane, shape.nodes(), namespaces, book));
            sessions = opened(new SessionWatch(plane.client(), book));
            fillPools(namespaces, progress);
            generator = opened(new CallGenerator(new Sockets(), book));
            var unused = everySecond.scheduleAtFixedRate(this::check, 1, 1, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private List<String> namespaces() {
        int count = Math.max(shape.namespaces(), (shape.agents() + AGENTS_PER_NAMESPACE - 1) / AGENTS_PER_NAMESPACE);
        return IntStream.range(0, count).mapToObj(number -> "bench-" + number).toList();
    }

    private void fillPools(List<String> namespaces, Progress progress) throws IOException {
        int left = shape.agents();
        long begun = System.nanoTime();
        for (int number = 0; number < namespaces.size(); number++) {
            String namespace = namespaces.get(number);
            int agents = left / (namespaces.size() - number);
            left -= agents;
            plane.cluster().createNamespace(namespace);
            Pools.create(plane.client(), namespace, POOL, agents, 5);
            pools.add(PoolRef.newBuilder().setNamespace(namespace).setName(POOL).build());
        }
        if (!await(() -> nodes.idle() >= shape.agents(), LONGEST_START)) {
            throw new IOException("of %d agents %d are idle and %d pods exist after %d s"
                    .formatted(shape.agents(), nodes.idle(), nodes.pods(), LONGEST_START.toSeconds()));
        }
        progress.say("%d agents are idle in %d namespaces, %.1f s after their pools were applied"
                .formatted(shape.agents(), namespaces.size(), (System.nanoTime() - begun) / 1e9));
    }

    private final class Sockets implements CallGenerator.Targets {
        @Override
        public URI socket(int gateway, long call) {
            // Each gateway sends calls to every pool.
            PoolRef pool = pools.get((int) (call / shape.gateways() % pools.size()));
            return plane.socket(gateway, pool.getNamespace(), pool.getName());
        }

        @Override
        public int gateways() {
            return shape.gateways();
        }
    }

    private void check() {
        List<Violation> found = invariants.check(CallBook.nowMs());
        synchronized (violations) {
            for (Violation violation : found) {
                if (violations.size() < MOST_VIOLATIONS_KEPT) {
                    violations.add(violation);
                }
                plane.progress().say("VIOLATION " + violation);
            }
        }
    }

    /** Waits for something; false if it takes longer than {@code patience}. */
    static boolean await(BooleanSupplier condition, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(50_000_000);
        }
        return true;
    }

    /** Waits until every call is over and has what it must have, or is overdue. */
    void settle(Duration patience) {
        await(() -> generator.active() == 0 && invariants.open() == 0, patience);
        check();
    }

    /** What was found since the beginning. */
    List<Violation> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    /** How many agents serve, of all revisions. */
    int serving() {
        return nodes.serving().values().stream().mapToInt(Integer::intValue).sum();
    }

    Shape shape() {
        return shape;
    }

    List<PoolRef> pools() {
        return pools;
    }

    Invariants invariants() {
        return invariants;
    }

    CallBook book() {
        return book;
    }

    ControlPlane plane() {
        return plane;
    }

    Nodes nodes() {
        return nodes;
    }

    SessionWatch sessions() {
        return sessions;
    }

    CallGenerator generator() {
        return generator;
    }

    @Override
    public void close() {
        everySecond.shutdownNow();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
            }
        }
    }
}
