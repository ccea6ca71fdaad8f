package dev.dialplane.local.containers;

import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.cluster.NodeNetwork;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node named {@code node} that runs containers: containerd, kubelet, kube-proxy, and what a cluster needs beside it, a
 * scheduler and DNS. It works only inside {@link OwnNamespaces}, which is where everything that it changes ends with it.
 */
public final class ContainerNode implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String NAME = "node";
    private static final String KUBELET = "kubelet";

    private final Options options;
    private final ContainerPrograms programs;
    private final Path directory;
    private final Deque<Child> children = new ArrayDeque<>();

    /**
     * What it needs.
     *
     * @param directory for what it keeps
     * @param logs where its programs log, and pods below {@code pods}
     * @param components with kubelet, kube-proxy, kube-scheduler, coredns and pause
     * @param network its addresses
     * @param cgroup below which all containers are, with a leading slash
     * @param images OCI archives that are there from the beginning
     * @param children starts its programs
     * @param progress told what is going on
     */
    public record Options(
            Path directory,
            Path logs,
            Path components,
            NodeNetwork network,
            String cgroup,
            List<Path> images,
            ChildProcesses children,
            Progress progress) {
        /** Copies its list. */
        public Options {
            images = List.copyOf(images);
        }
    }

    private ContainerNode(Options options) throws IOException {
        this.options = options;
        this.programs = ContainerPrograms.find(System.getenv());
        this.directory = Files.createDirectories(options.directory());
    }

    /** Gives the namespaces the node's address; an API server may listen there from then on. */
    public static void makeNetwork(NodeNetwork network) throws IOException {
        // A bridge, because not every kernel has dummy devices.
        Commands.run(List.of("ip", "link", "add", "name", "dialplane", "type", "bridge"));
        Commands.run(List.of("ip", "address", "add", network.node() + "/24", "dev", "dialplane"));
        Commands.run(List.of("ip", "link", "set", "dialplane", "up"));
        // A way that nothing takes: kube-proxy gives what is sent to a Service another destination, but only once it
        // has one.
        Commands.run(List.of("ip", "route", "add", network.services(), "dev", "dialplane"));
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
        // What pods on one bridge send to a Service has to pass kube-proxy's rules.
        Path bridged = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");
        if (Files.exists(bridged)) {
            Files.writeString(bridged, "1");
        }
    }

    /**
     * Starts a node, and returns when it is Ready.
     *
     * @param cluster whose API server answers
     * @throws IOException if it is not after 90 s, or one of its programs ended
     */
    public static ContainerNode start(Options options, LocalCluster cluster) throws IOException {
        ContainerNode node = new ContainerNode(options);
        try {
            node.startRuntime();
            node.startKubernetes(cluster);
            node.awaitReady(cluster.client());
            return node;
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void startRuntime() throws IOException {
        Path cniConfig = Files.createDirectories(directory.resolve("cni"));
        Files.writeString(cniConfig.resolve("pods.conflist"), NodeFiles.cni(options.network()));
        Path config = directory.resolve("containerd.toml");
        Files.writeString(config, NodeFiles.containerd(directory.resolve("containerd"), programs, cniConfig));
        launch(
                "containerd",
                List.of(programs.program("containerd").toString(), "--config", config.toString()),
                programs.environment());
        await("containerd", () -> {
            try {
                ctr("version");
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        ctr(
                "images",
                "import",
                PauseImage.make(component("pause"), Files.createDirectories(directory.resolve("pause")), architecture)
                        .toString());
        for (Path image : options.images()) {
            ctr("images", "import", image.toString());
        }
        // Archives leave out the registry that is meant where none is named; the kubelet does not.
        for (String name : ctr("images", "list", "--quiet").lines().toList()) {
            if (!name.startsWith("sha256:")
                    && !name.substring(0, name.indexOf('/')).contains(".")) {
                ctr("images", "tag", name, "docker.io/" + name);
            }
        }
        options.progress().say("containerd is ready and has " + options.images().size() + " images");
    }

    private String ctr(String... arguments) throws IOException {
        List<String> command = new java.util.ArrayList<>(List.of(
                programs.program("ctr").toString(), "--address", NodeFiles.CONTAINERD_SOCKET, "--namespace", "k8s.io"));
        command.addAll(List.of(arguments));
        return Commands.run(command, programs.environment());
    }

    private void startKubernetes(LocalCluster cluster) throws IOException {
        NodeNetwork network = options.network();
        startKubelet(cluster);
        Path scheduler = cluster.userKubeconfig("scheduler.kubeconfig", "system:kube-scheduler", List.of());
        launch(
                "kube-scheduler",
                List.of(
                        component("kube-scheduler").toString(),
                        "--kubeconfig=" + scheduler,
                        "--authentication-kubeconfig=" + scheduler,
                        "--authorization-kubeconfig=" + scheduler,
                        "--leader-elect=false",
                        "--secure-port=0"),
                Map.of());
        Path proxy = directory.resolve("kube-proxy.yaml");
        Files.writeString(
                proxy,
                NodeFiles.proxy(network, cluster.userKubeconfig("proxy.kubeconfig", "system:kube-proxy", List.of())));
        launch("kube-proxy", List.of(component("kube-proxy").toString(), "--config=" + proxy), programs.environment());
        Path dns = directory.resolve("Corefile");
        Files.writeString(dns, NodeFiles.dns(network, cluster.userKubeconfig("dns.kubeconfig", "coredns", List.of())));
        launch("coredns", List.of(component("coredns").toString(), "-conf", dns.toString()), Map.of());
    }

    private void startKubelet(LocalCluster cluster) throws IOException {
        NodeNetwork network = options.network();
        Path certificate = cluster.serverCertificate("kubelet", network.node());
        Files.writeString(directory.resolve("resolv.conf"), "");
        Path kubelet = directory.resolve("kubelet.yaml");
        Files.writeString(
                kubelet,
                NodeFiles.kubelet(
                        network, directory, cluster.authority(), certificate, options.logs(), options.cgroup()));
        launch(
                KUBELET,
                List.of(
                        component("kubelet").toString(),
                        "--config=" + kubelet,
                        "--kubeconfig="
                                + cluster.userKubeconfig(
                                        "node.kubeconfig", "system:node:" + NAME, List.of("system:nodes")),
                        "--hostname-override=" + NAME,
                        "--node-ip=" + network.node(),
                        "--root-dir=" + directory.resolve("kubelet")),
                programs.environment());
    }

    /** Ends the kubelet and starts it anew, as an upgrade of it does. Containers go on. */
    public void restartKubelet(LocalCluster cluster) throws IOException {
        Child kubelet = children.stream()
                .filter(child -> child.name().equals(KUBELET))
                .findFirst()
                .orElseThrow();
        children.remove(kubelet);
        kubelet.end(STOP_LIMIT);
        startKubelet(cluster);
    }

    private void awaitReady(KubernetesClient client) throws IOException {
        await("the node", () -> {
            Node node = client.nodes().withName(NAME).get();
            return node != null
                    && node.getStatus() != null
                    && node.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True"));
        });
        options.progress().say("the node is ready: containers, a scheduler, Services and DNS");
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.holds()) {
            for (Child child : children) {
                if (!child.isAlive()) {
                    throw new IOException(child.name() + " ended with exit code "
                            + child.exit().join() + ": see " + log(child.name()));
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        what + " is not ready after " + START_LIMIT.toSeconds() + " s: see " + options.logs());
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + what, e);
            }
        }
    }

    private void launch(String name, List<String> command, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "HOME", "/root"));
        all.putAll(environment);
        children.push(options.children().start(new Launch(name, command, all, directory, log(name))));
    }

    private Path component(String name) {
        return options.components().resolve(name);
    }

    private Path log(String name) {
        return options.logs().resolve(name + ".log");
    }

    /** Ends its programs; containers end with the namespaces. */
    @Override
    public void close() {
        while (!children.isEmpty()) {
            children.pop().end(STOP_LIMIT);
        }
    }
}
