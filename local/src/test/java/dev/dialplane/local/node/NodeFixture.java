package dev.dialplane.local.node;

import dev.dialplane.local.cluster.Clients;
import dev.dialplane.local.cluster.ClusterOptions;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A cluster with a node whose images are shell scripts. */
final class NodeFixture implements AutoCloseable {
    static final String NAMESPACE = "node-test";

    final Path directory;
    final ChildProcesses children;
    final LocalCluster cluster;
    final LoopbackAddresses addresses;
    private final KubernetesClient nodeClient;
    private final KubernetesClient scheduler;
    LocalNode node;

    NodeFixture(Path directory) throws IOException {
        Progress progress = Progress.to(System.out);
        this.directory = directory;
        this.children = new ChildProcesses(ProcessLedger.create(directory.resolve("pids")));
        this.cluster = LocalCluster.start(new ClusterOptions(
                directory.resolve("cluster"),
                directory.resolve("logs"),
                ComponentFinder.ofThisMachine(progress).find(ComponentSet.KUBERNETES),
                false,
                children,
                progress));
        cluster.createNamespace(NAMESPACE);
        this.nodeClient =
                Clients.of(cluster.userKubeconfig("node.kubeconfig", "system:node:local", List.of("system:nodes")));
        this.scheduler = Clients.of(cluster.userKubeconfig("scheduler.kubeconfig", "system:kube-scheduler", List.of()));
        this.addresses = LoopbackAddresses.claim();
        this.node = startNode();
    }

    LocalNode startNode() throws IOException {
        return LocalNode.start(
                new NodeOptions(
                        "local",
                        directory.resolve("pods"),
                        directory.resolve("logs"),
                        new ImageTable(Map.of(
                                "shell", new ImageTable.Entry(List.of("/bin/sh", "-c"), Map.of("FROM_IMAGE", "yes")))),
                        addresses,
                        Map.of(
                                "PATH", "/usr/bin:/bin",
                                "JDK", System.getProperty("java.home"),
                                "KUBECTL", cluster.kubectl().toString()),
                        children,
                        Progress.to(System.out)),
                nodeClient,
                scheduler);
    }

    KubernetesClient client() {
        return cluster.client();
    }

    /** Creates a pod of one container that runs a script. */
    Pod create(String name, String restartPolicy, String script, UnaryOperator<PodBuilder> more) {
        PodBuilder pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy(restartPolicy)
                .withTerminationGracePeriodSeconds(20L)
                .withAutomountServiceAccountToken(false)
                .withContainers(new ContainerBuilder()
                        .withName("main")
                        .withImage("shell")
                        .withArgs(script)
                        .build())
                .endSpec();
        return client().pods().resource(more.apply(pod).build()).create();
    }

    Pod get(String name) {
        return client().pods().inNamespace(NAMESPACE).withName(name).get();
    }

    String log(String name) throws IOException {
        Path log = directory.resolve("logs").resolve(NAMESPACE + "_" + name + "_main.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() {
        node.close();
        nodeClient.close();
        scheduler.close();
        cluster.close();
        addresses.close();
    }
}
