package dev.dialplane.local.install;

import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.cluster.Clients;
import dev.dialplane.local.cluster.ClusterOptions;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.node.ImageTable;
import dev.dialplane.local.node.LocalNode;
import dev.dialplane.local.node.LoopbackAddresses;
import dev.dialplane.local.node.NodeOptions;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Dialplane in a cluster of its own on this machine: the resources, the operator, the gateway, inference and a sample
 * pool, each pod a process. Everything ends with {@link #close} or with this JVM.
 */
public final class LocalInstallation implements Installation {
    private static final String NODE = "local";
    private static final int OPERATOR = 2;
    private static final int INFERENCE = 3;
    private static final int GATEWAY = 4;
    private static final Duration POLL = Duration.ofMillis(50);

    private final InstallOptions options;
    private final Progress progress;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Path checkout;
    private final LocalCluster cluster;
    private final LoopbackAddresses addresses;
    private final LocalNode node;

    private LocalInstallation(InstallOptions options) throws IOException {
        this.options = options;
        this.progress = options.progress();
        this.checkout = Checkout.root();
        Path java = Path.of(System.getProperty("java.home"));
        ProcessImages.of(checkout, java); // fails at once if something is not built
        try {
            Files.createDirectories(options.out());
            ProcessLedger ledger = ProcessLedger.create(InstallOptions.ledger(options.out()));
            ledger.record(ProcessHandle.current().pid(), "run");
            ChildProcesses children = new ChildProcesses(ledger);
            this.addresses = opened(LoopbackAddresses.claim());
            Path components = ComponentFinder.ofThisMachine(progress).find(ComponentSet.KUBERNETES);
            progress.say("starting etcd and kube-apiserver");
            this.cluster = opened(LocalCluster.launch(new ClusterOptions(
                    options.out().resolve("cluster"), logs(), components, true, children, progress)));
            KubernetesClient kubelet = opened(Clients.of(
                    cluster.userKubeconfig("node.kubeconfig", "system:node:" + NODE, List.of("system:nodes"))));
            KubernetesClient scheduler = opened(
                    Clients.of(cluster.userKubeconfig("scheduler.kubeconfig", "system:kube-scheduler", List.of())));
            AgentCache.train(checkout, java, progress);
            ImageTable images = ProcessImages.of(checkout, java);
            cluster.awaitReady();
            this.node = opened(LocalNode.start(nodeOptions(children, images), kubelet, scheduler));
            install();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a cluster, installs Dialplane in it and applies the sample pool. Returns when everything is applied;
     * {@link #awaitReady} waits for the processes.
     *
     * @throws IllegalStateException if Dialplane is not built
     */
    public static LocalInstallation start(InstallOptions options) throws IOException {
        return new LocalInstallation(options);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private NodeOptions nodeOptions(ChildProcesses children, ImageTable images) {
        return new NodeOptions(
                NODE, options.out().resolve("pods"), logs(), images, addresses, baseEnvironment(), children, progress);
    }

    /** What a process needs of this machine's environment: programs, the user's caches, the language and the time zone. */
    private static Map<String, String> baseEnvironment() {
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of("PATH", "HOME", "XDG_CACHE_HOME", "LANG", "LC_ALL", "TZ")) {
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        return environment;
    }

    private void install() throws IOException {
        Manifests manifests = new Manifests(cluster.client());
        cluster.createNamespace(SystemPods.NAMESPACE);
        manifests.applyAll(checkout.resolve("manifests/crds"));
        manifests.applyAll(checkout.resolve("manifests/system"));
        manifests.applyAll(checkout.resolve("manifests/operator"));
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        manifests.apply(new SecretBuilder()
                .withNewMetadata()
                .withName(SystemPods.TOKEN_KEY)
                .withNamespace(SystemPods.NAMESPACE)
                .endMetadata()
                .withStringData(Map.of("key", HexFormat.of().formatHex(key)))
                .build());
        SystemPods pods = new SystemPods(
                operator().address(),
                gateway().address(),
                inference().address(),
                options.records(),
                options.environment());
        for (Pod pod : List.of(pods.inference(), pods.operator(), pods.gateway())) {
            cluster.client().pods().resource(pod).create();
        }
        awaitSchema();
        manifests.apply(SamplePool.read(checkout, options.scripted(), options.agent()));
        progress.say("installed Dialplane and the sample pool" + (options.scripted() ? ", with scripted models" : ""));
    }

    /** A resource can be applied once its definition is served. */
    private void awaitSchema() {
        var pools = cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("voiceagentpools.dialplane.dev");
        pools.waitUntilCondition(
                definition -> definition != null
                        && definition.getStatus() != null
                        && definition.getStatus().getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Established")
                                        && condition.getStatus().equals("True")),
                30,
                java.util.concurrent.TimeUnit.SECONDS);
    }

    @Override
    public void awaitReady(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (String name : List.of(SystemPods.INFERENCE, SystemPods.OPERATOR, SystemPods.GATEWAY)) {
            while (!isReady(name)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(notReady("pod " + SystemPods.NAMESPACE + "/" + name, patience));
                }
                Thread.sleep(POLL);
            }
            progress.say(name + " is ready");
        }
        while (!pool().isReady()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(notReady("the sample pool: " + pool(), patience));
            }
            Thread.sleep(POLL);
        }
        progress.say("pool " + pool());
    }

    private String notReady(String what, Duration patience) {
        return what + " is not Ready after " + patience.toSeconds() + " s. Logs are in " + logs() + ".";
    }

    private boolean isReady(String name) {
        try {
            Pod pod = cluster.client()
                    .pods()
                    .inNamespace(SystemPods.NAMESPACE)
                    .withName(name)
                    .get();
            return pod != null
                    && pod.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True"));
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private PoolState pool() {
        return PoolState.of(cluster.client(), "default", "receptionist");
    }

    @Override
    public LocalCluster cluster() {
        return cluster;
    }

    /** The node: any pod's processes. */
    public LocalNode node() {
        return node;
    }

    /** Calls come without signatures, for the listener is at a loopback address. */
    @Override
    public Dialed number(String namespace, String pool) {
        return Dialed.webhook(gatewayUrl(), namespace, pool);
    }

    /** Where the gateway takes calls without signatures, for it is a loopback address. */
    public URI gatewayUrl() {
        return URI.create("http://" + gateway().address() + ":" + SystemPods.DEVELOPMENT_PORT);
    }

    /** Where the gateway says whether it takes calls. */
    public URI gatewayReadiness() {
        return URI.create("http://" + gateway().address() + ":" + SystemPods.GATEWAY_PORT + "/q/health/ready");
    }

    /** The operator's pod. */
    public SystemPod operator() {
        return new SystemPod(node, SystemPods.OPERATOR, addresses.pinned(OPERATOR));
    }

    /** The gateway's pod. */
    public SystemPod gateway() {
        return new SystemPod(node, SystemPods.GATEWAY, addresses.pinned(GATEWAY));
    }

    /** The pod of inference. */
    public SystemPod inference() {
        return new SystemPod(node, SystemPods.INFERENCE, addresses.pinned(INFERENCE));
    }

    @Override
    public Path logs() {
        return options.out().resolve("logs");
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            AutoCloseable next = open.pop();
            try {
                next.close();
            } catch (Exception e) {
                progress.say("while stopping: " + e);
            }
        }
    }
}
