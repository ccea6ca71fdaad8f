package dev.dialplane.operator.world;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A real etcd and kube-apiserver with RBAC and service account tokens, and the resources and roles of the repository. */
public final class TestCluster implements AutoCloseable {

    /** Where the operator and the gateways are. */
    public static final String SYSTEM = "dialplane-system";

    private static final String VERSION = "1.36.3";
    private static final List<String> BINARIES = List.of("etcd", "kube-apiserver");
    private static final String ADMIN = "admin-of-this-test";

    private final Path work;
    private final Path binaries;
    private final int etcdPort = freePort();
    private final int peerPort = freePort();
    private final int apiPort = freePort();
    private final Process etcd;
    private final List<Process> controllers = new ArrayList<>();
    private final Set<String> started = new HashSet<>();
    private final Certificates certificates;
    private Process api;
    private final KubernetesClient client;

    private TestCluster(Path work) throws IOException {
        this.work = work;
        this.binaries = binaries();
        writeKeys();
        certificates = new Certificates(work.resolve("front-proxy"));
        certificates.issue("proxy", "front-proxy-client", List.of());
        etcd = run(
                "etcd",
                "--data-dir=" + work.resolve("etcd"),
                "--unsafe-no-fsync",
                "--listen-client-urls=http://127.0.0.1:" + etcdPort,
                "--advertise-client-urls=http://127.0.0.1:" + etcdPort,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-cluster=default=http://127.0.0.1:" + peerPort);
        api = runApi();
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfigText(ADMIN)))
                .build();
    }

    /** Starts one and installs what the operator needs. */
    public static TestCluster start(Path work) throws IOException {
        TestCluster cluster = new TestCluster(work);
        cluster.awaitReady();
        cluster.namespace(SYSTEM);
        cluster.apply("manifests/crds");
        cluster.apply("manifests/operator");
        for (String account : List.of("dialplane-gateway", "somebody")) {
            cluster.client
                    .resource(new ServiceAccountBuilder()
                            .withNewMetadata()
                            .withNamespace(SYSTEM)
                            .withName(account)
                            .endMetadata()
                            .build())
                    .create();
        }
        return cluster;
    }

    /** The minor version of the API server. */
    public int minor() {
        return Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("\\D", ""));
    }

    /** An administrator's client. */
    public KubernetesClient client() {
        return client;
    }

    /** Creates a namespace. */
    public void namespace(String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Creates a pod object for a gateway and returns its UID. */
    public String gatewayPod(String name) {
        return client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withNamespace(SYSTEM)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withServiceAccountName("dialplane-gateway")
                        .addNewContainer()
                        .withName("gateway")
                        .withImage("dialplane/gateway")
                        .endContainer()
                        .endSpec()
                        .build())
                .create()
                .getMetadata()
                .getUid();
    }

    /**
     * Returns a token.
     *
     * @param audience null for the API server's own
     * @param pod the pod that it is bound to; null for none
     */
    public String token(String account, @Nullable String audience, @Nullable String pod, @Nullable String podUid) {
        var request = new TokenRequestBuilder().withNewSpec().withExpirationSeconds(3600L);
        if (audience != null) {
            request.withAudiences(audience);
        }
        if (pod != null) {
            request.withNewBoundObjectRef("v1", "Pod", pod, podUid);
        }
        TokenRequest made = client.serviceAccounts()
                .inNamespace(SYSTEM)
                .withName(account)
                .tokenRequest(request.endSpec().build());
        return made.getStatus().getToken();
    }

    /** Writes a kubeconfig with the operator's own rights and returns its place. */
    public Path operatorKubeconfig() throws IOException {
        return kubeconfig("operator", token("dialplane-operator", null, null, null));
    }

    /** Writes a kubeconfig with a token's rights and returns its place. */
    Path kubeconfig(String name, String token) throws IOException {
        return Files.writeString(work.resolve(name + ".kubeconfig"), kubeconfigText(token));
    }

    /** Starts one of Kubernetes' own controllers, such as {@code disruption-controller}, unless it runs. */
    public synchronized void startController(String name) throws IOException {
        if (started.add(name)) {
            startControllers("--controllers=" + name);
        }
    }

    /**
     * Starts the HorizontalPodAutoscaler's controller, with the rights that Kubernetes gives it.
     *
     * @param looks how often it looks at metrics; 15 s unless somebody says otherwise
     */
    public synchronized void startAutoscaler(Duration looks) throws IOException {
        startControllers(
                "--controllers=horizontal-pod-autoscaler-controller",
                "--use-service-account-credentials=true",
                "--horizontal-pod-autoscaler-sync-period=" + looks.toMillis() + "ms");
    }

    private void startControllers(String... which) throws IOException {
        controllers.add(run(
                binaries.resolve("kube-controller-manager"),
                "kube-controller-manager",
                Map.of(),
                Stream.concat(
                                Stream.of(
                                        "--kubeconfig=" + kubeconfig("admin", ADMIN),
                                        "--leader-elect=false",
                                        "--secure-port=0"),
                                Stream.of(which))
                        .toArray(String[]::new)));
    }

    /** Kills the API server. */
    public void stopApi() throws InterruptedException {
        api.destroyForcibly();
        api.waitFor();
    }

    /** Starts the API server again and waits until it answers. */
    public void startApi() throws IOException {
        api = runApi();
        awaitReady();
    }

    @Override
    public void close() {
        client.close();
        List<Process> all = new ArrayList<>(controllers);
        all.addAll(List.of(api, etcd));
        end(all);
    }

    /** Ends processes, one after the other. */
    static void end(List<Process> processes) {
        for (Process process : processes) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Process runApi() throws IOException {
        return run(
                "kube-apiserver",
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--cert-dir=" + work.resolve("certificates"),
                "--token-auth-file=" + work.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://dialplane.test",
                "--service-account-signing-key-file=" + work.resolve("sa.key"),
                "--service-account-key-file=" + work.resolve("sa.pub"),
                "--service-cluster-ip-range=10.0.0.0/24",
                "--disable-admission-plugins=ServiceAccount",
                // Whom an API server behind this one believes that it asks on somebody's behalf.
                "--requestheader-client-ca-file=" + certificates.file("ca.crt"),
                "--requestheader-allowed-names=front-proxy-client",
                "--requestheader-username-headers=X-Remote-User",
                "--requestheader-group-headers=X-Remote-Group",
                "--requestheader-extra-headers-prefix=X-Remote-Extra-",
                "--proxy-client-cert-file=" + certificates.file("proxy.crt"),
                "--proxy-client-key-file=" + certificates.file("proxy.key"));
    }

    private void awaitReady() {
        Awaitility.await("the API server")
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptions()
                .until(() -> {
                    if (!api.isAlive()) {
                        throw new IllegalStateException(
                                "kube-apiserver ended; see " + work.resolve("kube-apiserver.log"));
                    }
                    return "ok".equals(client.raw("/readyz"));
                });
    }

    private void apply(String directory) throws IOException {
        apply(repository().resolve(directory));
    }

    /** Applies the files of a directory. */
    void apply(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                try (var text = Files.newInputStream(file)) {
                    client.load(text).serverSideApply();
                }
            }
        }
    }

    private Process run(String binary, String... arguments) throws IOException {
        return run(binaries.resolve(binary), binary, Map.of(), arguments);
    }

    /** Starts a program that logs to a file of the given name. */
    Process run(Path program, String name, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        work.resolve(name + ".log").toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String kubeconfigText(String token) {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: test, cluster: {server: "https://127.0.0.1:%d", insecure-skip-tls-verify: true}}]
                users: [{name: test, user: {token: "%s"}}]
                contexts: [{name: test, context: {cluster: test, user: test, namespace: default}}]
                current-context: test
                """.formatted(apiPort, token);
    }

    private void writeKeys() throws IOException {
        KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            pair = generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        Files.writeString(
                work.resolve("sa.key"),
                Certificates.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(
                work.resolve("sa.pub"),
                Certificates.pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        Files.writeString(work.resolve("tokens.csv"), ADMIN + ",admin,admin,system:masters\n");
    }

    /** The checkout. */
    public static Path repository() {
        Path module = Path.of("").toAbsolutePath();
        return (Files.isDirectory(module.resolve("operator")) ? module : module.resolveSibling(".")).normalize();
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where programs are kept that were built from Go modules. */
    static Path cache() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(value -> !value.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("dialplane");
    }

    private static Path binaries() {
        Path directory = Optional.ofNullable(System.getProperty("dialplane.kubernetes"))
                .or(() -> Optional.ofNullable(System.getenv("DIALPLANE_KUBERNETES")))
                .map(Path::of)
                .orElseGet(() -> cache().resolve("kubernetes/v" + VERSION + "-linux-amd64"));
        List<String> missing = BINARIES.stream()
                .filter(binary -> !Files.isExecutable(directory.resolve(binary)))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException(
                    ("These tests need Kubernetes %s: %s has no %s. ./run and ./test build them once and keep them there;"
                                    + " or set DIALPLANE_KUBERNETES to a directory that holds them.")
                            .formatted(VERSION, directory, String.join(", ", missing)));
        }
        return directory;
    }
}
