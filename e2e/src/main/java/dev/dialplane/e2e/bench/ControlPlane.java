package dev.dialplane.e2e.bench;

import dev.dialplane.local.cluster.ClusterOptions;
import dev.dialplane.local.cluster.Kubeconfig;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.files.Trees;
import dev.dialplane.local.install.Manifests;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole control plane in processes of their own: etcd, kube-apiserver, kube-controller-manager, the operator and
 * gateways, installed from the checkout's manifests. Agents and callers are the bench's business.
 */
final class ControlPlane implements AutoCloseable {
    private static final String SYSTEM = "dialplane-system";
    private static final String OPERATOR = "dialplane-operator";
    private static final String GATEWAY = "dialplane-gateway";
    /** Start is not what is measured, and others may use the machine. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    /** Longer than any bench. */
    private static final long TOKEN_SECONDS = 24 * 3600;

    /** Held, or its level would be forgotten: an API server that is stopped on purpose is no news. */
    private static final Logger CLIENT = Logger.getLogger("io.fabric8");

    private final Progress progress;
    private final Path out;
    private final Path checkout = Checkout.root();
    private final Path ledger;
    private final ChildProcesses children;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final LocalCluster cluster;
    private final SystemProcess operator;
    private final @Nullable StallingProxy proxy;
    private final List<SystemProcess> gateways = new ArrayList<>();
    private final List<Integer> devPorts = new ArrayList<>();

    /**
     * What to start.
     *
     * @param gateways how many
     * @param retainedSessions how many ended sessions the operator keeps
     * @param records where gateways send their records
     * @param proxied whether the operator speaks to the API server through a proxy that can hold its watches back
     */
    record Options(int gateways, int retainedSessions, Optional<URI> records, boolean proxied) {}

    /** Starts everything and waits until it is ready. */
    ControlPlane(Path out, Options options, Progress progress) throws IOException, InterruptedException {
        CLIENT.setLevel(Level.SEVERE);
        this.progress = progress;
        this.out = out.toAbsolutePath();
        Files.createDirectories(this.out);
        this.ledger = this.out.resolve("pids");
        this.children = new ChildProcesses(ProcessLedger.create(ledger));
        try {
            Path components = ComponentFinder.ofThisMachine(progress).find(ComponentSet.KUBERNETES);
            progress.say("starting etcd, kube-apiserver and kube-controller-manager");
            cluster = opened(LocalCluster.start(new ClusterOptions(
                    this.out.resolve("cluster"), this.out.resolve("logs"), components, true, children, progress)));
            install();
            proxy = options.proxied()
                    ? opened(new StallingProxy(URI.create(cluster.url()).getPort()))
                    : null;
            int grpc = freePort();
            operator = opened(startOperator(grpc, options));
            operator.awaitReady(START_LIMIT);
            progress.say("the operator is ready");
            for (int number = 0; number < options.gateways(); number++) {
                gateways.add(opened(startGateway(number, grpc, options)));
            }
            for (SystemProcess gateway : gateways) {
                gateway.awaitReady(START_LIMIT);
                progress.say(gateway.name() + " is ready");
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        atEnd(resource);
        return resource;
    }

    private void install() throws IOException {
        Manifests manifests = new Manifests(cluster.client());
        cluster.createNamespace(SYSTEM);
        for (String directory : List.of("crds", "system", "operator")) {
            manifests.applyAll(checkout.resolve("manifests").resolve(directory));
        }
        cluster.client()
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("voiceagentpools.dialplane.dev")
                .waitUntilCondition(
                        definition -> definition != null
                                && definition.getStatus() != null
                                && definition.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        30,
                        java.util.concurrent.TimeUnit.SECONDS);
    }

    private SystemProcess startOperator(int grpc, Options options) throws IOException {
        String token = token(OPERATOR, Optional.empty());
        String server = proxy == null ? cluster.url() : "https://127.0.0.1:" + proxy.port();
        Path kubeconfig = Kubeconfig.write(
                out.resolve("operator.kubeconfig"), Kubeconfig.forPod(server, cluster.authority(), token));
        return new SystemProcess(
                children,
                checkout,
                "operator",
                "operator",
                List.of("@" + checkout.resolve("operator/src/main/jvm/operator.flags")),
                Map.of(
                        "KUBECONFIG",
                        kubeconfig.toString(),
                        // As in its image.
                        "MALLOC_ARENA_MAX",
                        "2",
                        "QUARKUS_GRPC_SERVER_HOST",
                        "127.0.0.1",
                        "QUARKUS_GRPC_SERVER_PORT",
                        Integer.toString(grpc),
                        // Nobody listens there: agents are simulated, and pools say that inference is silent.
                        "DIALPLANE_OPERATOR_INFERENCE",
                        "127.0.0.1:9",
                        "DIALPLANE_OPERATOR_RETAINED_SESSIONS",
                        Integer.toString(options.retainedSessions())),
                freePort(),
                out);
    }

    private SystemProcess startGateway(int number, int grpc, Options options) throws IOException {
        String name = "gateway-" + number;
        // Nothing runs it: it is what the gateway's token is bound to, as in a cluster.
        String uid = cluster.client()
                .pods()
                .inNamespace(SYSTEM)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(SYSTEM)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName(GATEWAY)
                        .withSchedulerName("none")
                        .addNewContainer()
                        .withName("gateway")
                        .withImage("dialplane/gateway")
                        .endContainer()
                        .endSpec()
                        .build())
                .create()
                .getMetadata()
                .getUid();
        Path directory = Files.createDirectories(out.resolve(name));
        Path token = Kubeconfig.write(directory.resolve("token"), token(GATEWAY, Optional.of(Map.entry(name, uid))));
        Path key = Kubeconfig.write(out.resolve("key"), "a key of one benchmark, known to nobody else");
        int dev = freePort();
        devPorts.add(dev);
        Map<String, String> environment = new HashMap<>(Map.of(
                "DIALPLANE_GATEWAY_ID",
                uid,
                "DIALPLANE_GATEWAY_NAME",
                name,
                "DIALPLANE_GATEWAY_OPERATOR",
                "127.0.0.1:" + grpc,
                "DIALPLANE_GATEWAY_TOKEN_FILE",
                token.toString(),
                "DIALPLANE_GATEWAY_TOKEN_KEY_FILE",
                key.toString(),
                "DIALPLANE_GATEWAY_DATA_DIR",
                directory.resolve("data").toString(),
                "DIALPLANE_GATEWAY_DEV_LISTENER",
                "127.0.0.1:" + dev,
                "DIALPLANE_GATEWAY_CAPACITY",
                "10000",
                // Calls carry no audio, and agents a heartbeat every 20 s.
                "DIALPLANE_GATEWAY_CALL_MEDIA_TIMEOUT",
                "10m",
                "DIALPLANE_GATEWAY_CALL_AGENT_SILENCE",
                "1m"));
        environment.put("DIALPLANE_GATEWAY_DRAIN_MAX_WAIT", "1s");
        options.records().ifPresent(uri -> environment.put("DIALPLANE_GATEWAY_RECORDS_URL", uri.toString()));
        Trees.delete(directory.resolve("data"));
        return new SystemProcess(
                children, checkout, "gateway", name, List.of("-Xmx1g"), environment, freePort(), directory);
    }

    private String token(String account, Optional<Map.Entry<String, String>> pod) {
        TokenRequestBuilder request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(TOKEN_SECONDS)
                .endSpec();
        pod.ifPresent(bound -> request.editSpec()
                .withAudiences("dialplane-operator")
                .withNewBoundObjectRef("v1", "Pod", bound.getKey(), bound.getValue())
                .endSpec());
        return cluster.client()
                .serviceAccounts()
                .inNamespace(SYSTEM)
                .withName(account)
                .tokenRequest(request.build())
                .getStatus()
                .getToken();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    Progress progress() {
        return progress;
    }

    LocalCluster cluster() {
        return cluster;
    }

    KubernetesClient client() {
        return cluster.client();
    }

    SystemProcess operator() {
        return operator;
    }

    List<SystemProcess> gateways() {
        return gateways;
    }

    StallingProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("the operator speaks to the API server itself");
        }
        return proxy;
    }

    /** Where a gateway takes media sockets that nobody signed. */
    URI socket(int gateway, String namespace, String pool) {
        return URI.create("ws://127.0.0.1:%d/twilio/%s/%s".formatted(devPorts.get(gateway), namespace, pool));
    }

    /** Starts a class of the bench's own in a process of its own. */
    void startJava(String name, List<String> flags, String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                absolute(System.getProperty("java.class.path"))));
        command.addAll(flags);
        command.add(main);
        command.addAll(arguments);
        Child child = children.start(new Launch(
                name,
                command,
                Map.of("PATH", "/usr/bin:/bin", "MALLOC_ARENA_MAX", "2"),
                out,
                out.resolve(name + ".log")));
        atEnd(() -> child.end(Duration.ofSeconds(5)));
    }

    /** A jar's own class path is relative to the jar; this process's may be relative to where it was started. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private void atEnd(AutoCloseable resource) {
        open.push(resource);
    }

    /** Every process that runs, by name. */
    Map<String, Long> pids() throws IOException {
        Map<String, Long> pids = new HashMap<>();
        ProcessLedger.alive(ledger).forEach(entry -> pids.put(entry.name(), entry.pid()));
        return pids;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                progress.say("while stopping: " + e);
            }
        }
    }
}
