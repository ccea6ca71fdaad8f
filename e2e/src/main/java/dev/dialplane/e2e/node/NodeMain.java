package dev.dialplane.e2e.node;

import dev.dialplane.local.cluster.Clients;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Simulated nodes in a process of their own, for a bench that has more agents than one process has descriptors. */
public final class NodeMain {
    private static final long COUNTS_EVERY_MS = 250;

    private NodeMain() {}

    /** @param arguments kubeconfig, prefix of the nodes' names, how many, ms that a start takes, the bench's port, namespaces */
    public static void main(String... arguments) throws Exception {
        SimulatedNodes.Settings settings = new SimulatedNodes.Settings(
                Integer.parseInt(arguments[2]),
                arguments[1],
                Duration.ofMillis(Long.parseLong(arguments[3])),
                List.of(arguments[5].split(",")));
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), Integer.parseInt(arguments[4]));
                NodePeer bench = new NodePeer(socket);
                KubernetesClient client = Clients.of(Path.of(arguments[0]));
                SimulatedNodes nodes = new SimulatedNodes(settings, client, new Told(bench));
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            var unused = clock.scheduleAtFixedRate(
                    () -> bench.send(new NodeProtocol.Counts(nodes.serving(), nodes.idle(), nodes.pods())),
                    0,
                    COUNTS_EVERY_MS,
                    TimeUnit.MILLISECONDS);
            CountDownLatch[] go = {new CountDownLatch(1)};
            bench.read(message -> {
                switch (message) {
                    case NodeProtocol.Slow(long milliseconds) -> nodes.slowOffers(Duration.ofMillis(milliseconds));
                    case NodeProtocol.Crash(boolean crash) -> nodes.crash(crash);
                    case NodeProtocol.LoseNode() -> {
                        CountDownLatch known = new CountDownLatch(1);
                        go[0] = known;
                        Thread.ofVirtual().start(() -> lose(nodes, bench, known));
                    }
                    case NodeProtocol.Go() -> go[0].countDown();
                    default -> throw new IllegalStateException("not for a node: " + message);
                }
            });
            clock.shutdownNow();
        }
        System.exit(0);
    }

    private static void lose(SimulatedNodes nodes, NodePeer bench, CountDownLatch known) {
        nodes.loseFullestNode(uids -> {
            bench.send(new NodeProtocol.GoingDown(uids));
            try {
                known.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private record Told(NodePeer bench) implements WireObserver {
        @Override
        public void accepted(String podUid, String callId, int attempt, String carrierCallId) {
            bench.send(new NodeProtocol.Accepted(podUid, callId, attempt, carrierCallId));
        }

        @Override
        public void opened(String podUid, String callId, boolean alone, long atNanos) {
            bench.send(new NodeProtocol.Opened(podUid, callId, alone, atNanos));
        }

        @Override
        public void released(String podUid, String callId) {
            bench.send(new NodeProtocol.Released(podUid, callId));
        }

        @Override
        public void podDeleted(String podUid, String name) {
            bench.send(new NodeProtocol.PodDeleted(podUid, name));
        }
    }
}
