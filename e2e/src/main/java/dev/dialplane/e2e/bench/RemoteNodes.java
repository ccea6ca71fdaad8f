package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.node.NodeMain;
import dev.dialplane.e2e.node.NodePeer;
import dev.dialplane.e2e.node.NodeProtocol;
import dev.dialplane.e2e.node.Nodes;
import dev.dialplane.e2e.node.WireObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Simulated nodes in processes of their own, each with the pods of some namespaces. */
final class RemoteNodes implements Nodes {
    private static final int START_TAKES_MS = 300;
    private static final int START_LIMIT_MS = 120_000;

    private final List<Group> groups = new ArrayList<>();

    /** One process. */
    private static final class Group {
        private final NodePeer peer;
        private volatile NodeProtocol.Counts counts = new NodeProtocol.Counts(Map.of(), 0, 0);
        private volatile @Nullable CompletableFuture<Set<String>> goingDown;

        Group(NodePeer peer) {
            this.peer = peer;
        }
    }

    RemoteNodes(ControlPlane plane, int nodes, List<String> namespaces, WireObserver wire) throws IOException {
        int each = nodes / namespaces.size() + 1;
        for (String namespace : namespaces) {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                server.setSoTimeout(START_LIMIT_MS);
                plane.startJava(
                        "nodes-of-" + namespace,
                        List.of("-Xmx1g"),
                        NodeMain.class.getName(),
                        List.of(
                                plane.cluster().kubeconfig().toString(),
                                "sim-" + namespace,
                                Integer.toString(each),
                                Integer.toString(START_TAKES_MS),
                                Integer.toString(server.getLocalPort()),
                                namespace));
                Group group = new Group(new NodePeer(server.accept()));
                groups.add(group);
                Thread.ofVirtual()
                        .name("nodes of " + namespace)
                        .start(() -> group.peer.read(message -> take(group, message, wire)));
            }
        }
    }

    private static void take(Group group, NodeProtocol.Message message, WireObserver wire) {
        switch (message) {
            case NodeProtocol.Accepted(String podUid, String callId, int attempt, String carrierCallId) ->
                wire.accepted(podUid, callId, attempt, carrierCallId);
            case NodeProtocol.Opened(String podUid, String callId, boolean alone, long atNanos) ->
                wire.opened(podUid, callId, alone, atNanos);
            case NodeProtocol.Released(String podUid, String callId) -> wire.released(podUid, callId);
            case NodeProtocol.PodDeleted(String podUid, String name) -> wire.podDeleted(podUid, name);
            case NodeProtocol.Counts counts -> group.counts = counts;
            case NodeProtocol.GoingDown(Set<String> uids) -> {
                CompletableFuture<Set<String>> asked = group.goingDown;
                if (asked != null) {
                    asked.complete(uids);
                }
            }
            case NodeProtocol.Slow _, NodeProtocol.Crash _, NodeProtocol.LoseNode _, NodeProtocol.Go _ ->
                throw new IllegalStateException("not for a bench: " + message);
        }
    }

    private int sum(ToIntFunction<NodeProtocol.Counts> count) {
        return groups.stream().map(group -> group.counts).mapToInt(count).sum();
    }

    @Override
    public Map<String, Integer> serving() {
        Map<String, Integer> all = new HashMap<>();
        groups.forEach(
                group -> group.counts.serving().forEach((revision, count) -> all.merge(revision, count, Integer::sum)));
        return all;
    }

    @Override
    public int idle() {
        return sum(NodeProtocol.Counts::idle);
    }

    @Override
    public int pods() {
        return sum(NodeProtocol.Counts::pods);
    }

    @Override
    public void slowOffers(Duration takes) {
        groups.forEach(group -> group.peer.send(new NodeProtocol.Slow(takes.toMillis())));
    }

    @Override
    public void crash(boolean crash) {
        groups.forEach(group -> group.peer.send(new NodeProtocol.Crash(crash)));
    }

    @Override
    public void loseFullestNode(Consumer<Set<String>> told) {
        Group group = groups.getFirst();
        CompletableFuture<Set<String>> goingDown = new CompletableFuture<>();
        group.goingDown = goingDown;
        group.peer.send(new NodeProtocol.LoseNode());
        told.accept(goingDown.join());
        group.peer.send(new NodeProtocol.Go());
    }

    @Override
    public void close() {
        groups.forEach(group -> group.peer.close());
    }
}
