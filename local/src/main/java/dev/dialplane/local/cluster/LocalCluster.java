package dev.dialplane.local.cluster;

import dev.dialplane.local.cluster.CertificateAuthority.KeyAlgorithm;
import dev.dialplane.local.files.Trees;
import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.Launch;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd and kube-apiserver on 127.0.0.1, with client certificates, service-account tokens, the Node and RBAC
 * authorizers, an audit log, and on request the controllers that Dialplane needs. Starting takes 3–5 s. The servers end
 * with this JVM.
 */
public final class LocalCluster implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);
    /** Longer than an idle API server needs; watches would keep it for a minute. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final ClusterOptions options;
    private final ClusterPki pki;
    private final int etcdPort;
    private final int port;
    private final Child etcd;
    private final KubernetesClient client;
    private final Path kubeconfig;
    private Child apiServer;
    private @Nullable Child controllerManager;

    private LocalCluster(ClusterOptions options) throws IOException {
        this.options = options;
        Path directory = options.directory();
        Trees.delete(directory.resolve("etcd"));
        Trees.delete(directory.resolve("pki"));
        Files.createDirectories(directory);
        Files.createDirectories(options.logs());
        this.pki = new ClusterPki(directory.resolve("pki"), Instant.now(), options.network());
        this.etcdPort = FreePorts.take();
        this.port = FreePorts.take();
        Files.deleteIfExists(auditLog());
        Files.writeString(auditPolicy(), ServerCommands.AUDIT_POLICY);
        this.etcd = start(
                "etcd", ServerCommands.etcd(program("etcd"), directory.resolve("etcd"), etcdPort, FreePorts.take()));
        this.apiServer = launchApiServer();
        this.kubeconfig = userKubeconfig("kubeconfig", "admin", List.of("system:masters"));
        this.client = Clients.of(kubeconfig);
    }

    /**
     * Starts a cluster and returns when it answers.
     *
     * @throws IOException if a server can't be started or ends at once; the message holds the end of its log
     */
    public static LocalCluster start(ClusterOptions options) throws IOException {
        LocalCluster cluster = launch(options);
        try {
            cluster.awaitReady();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /**
     * Starts a cluster and returns at once; {@link #awaitReady} is to be called next, and meanwhile kubeconfigs can be
     * made.
     */
    public static LocalCluster launch(ClusterOptions options) throws IOException {
        return new LocalCluster(options);
    }

    /** Returns when a launched cluster answers and has what every cluster has. */
    public void awaitReady() throws IOException {
        awaitApiServer();
        createNamespace("default");
        if (options.controllerManager()) {
            startControllerManager();
        }
    }

    /** Where the API server listens, like {@code https://127.0.0.1:23456}. */
    public String url() {
        return "https://" + options.network().map(NodeNetwork::node).orElse("127.0.0.1") + ":" + port;
    }

    /** The file with the certificate that signs the API server's. */
    public Path authority() {
        return pki.authorityFile();
    }

    /** The administrator's kubeconfig. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** The administrator's client; closed with the cluster. */
    public KubernetesClient client() {
        return client;
    }

    /** kubectl of the cluster's version. */
    public Path kubectl() {
        return program("kubectl");
    }

    /** One JSON line per write; see {@code audit.k8s.io/v1}. A line is there 200 ms after the answer. */
    public Path auditLog() {
        return options.logs().resolve("audit.log");
    }

    /** A new kubeconfig for a user of some groups, with a client certificate; what the user may do is RBAC's matter. */
    public Path userKubeconfig(String fileName, String user, List<String> groups) throws IOException {
        return Kubeconfig.write(
                options.directory().resolve(fileName),
                Kubeconfig.withCertificate(
                        url(), pki.authority().certificate(), pki.authority().client(user, groups, KeyAlgorithm.RSA)));
    }

    /** A new kubeconfig that presents a token of a service account, good for an hour. */
    public Path serviceAccountKubeconfig(String namespace, String name) throws IOException {
        String token = client.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(3600L)
                        .endSpec()
                        .build())
                .getStatus()
                .getToken();
        return Kubeconfig.write(
                options.directory().resolve(namespace + "." + name + ".kubeconfig"),
                Kubeconfig.withToken(url(), pki.authority().certificate(), token));
    }

    /** A server certificate of this cluster's authority, written as {@code NAME.crt} and {@code NAME.key}; returns the first. */
    public Path serverCertificate(String name, String address) throws IOException {
        var credential = pki.authority().server(List.of(name), List.of(address));
        Kubeconfig.write(pki.file(name + ".key"), credential.key());
        return Kubeconfig.write(pki.file(name + ".crt"), credential.certificate());
    }

    /** Creates a namespace with what pods in it need, unless it is there. */
    public void createNamespace(String name) {
        ignoreExisting(() -> client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create());
        // The controller manager adds both too, a second later.
        ignoreExisting(() -> client.serviceAccounts()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .withNamespace(name)
                        .endMetadata()
                        .build())
                .create());
        ignoreExisting(() -> client.configMaps()
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("kube-root-ca.crt")
                        .withNamespace(name)
                        .endMetadata()
                        .withData(Map.of("ca.crt", pki.authority().certificate()))
                        .build())
                .create());
    }

    private static void ignoreExisting(Runnable create) {
        try {
            create.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    /** Stops the API server; its data stays. */
    public synchronized void stopApiServer() {
        apiServer.end(STOP_LIMIT);
        options.progress().say("kube-apiserver is stopped");
    }

    /** Starts a stopped API server again, at the same address and with the same data, and returns when it answers. */
    public synchronized void startApiServer() throws IOException {
        if (apiServer.isAlive()) {
            throw new IllegalStateException("kube-apiserver runs");
        }
        apiServer = launchApiServer();
        awaitApiServer();
    }

    private Child launchApiServer() throws IOException {
        return start(
                "kube-apiserver",
                ServerCommands.apiServer(
                        program("kube-apiserver"), pki, auditPolicy(), auditLog(), etcdPort, port, options.network()));
    }

    private void startControllerManager() throws IOException {
        Path config = userKubeconfig("controller-manager.kubeconfig", "system:kube-controller-manager", List.of());
        controllerManager = start(
                "kube-controller-manager",
                ServerCommands.controllerManager(program("kube-controller-manager"), pki, config, options.network()));
    }

    private void awaitApiServer() throws IOException {
        await("kube-apiserver", () -> "ok".equals(client.raw("/readyz")), apiServer, etcd);
        options.progress().say("kube-apiserver is ready at " + url());
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition ready, Child... needed) throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            for (Child child : needed) {
                if (!child.isAlive()) {
                    throw new IOException(child.name() + " ended with exit code "
                            + child.exit().join() + ". The end of " + log(child.name()) + ":\n"
                            + tail(log(child.name())));
                }
            }
            try {
                if (ready.holds()) {
                    return;
                }
            } catch (KubernetesClientException e) {
                // not yet
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(what + " is not ready after " + START_LIMIT.toSeconds() + " s. The end of "
                        + log(what) + ":\n" + tail(log(what)));
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for " + what, e);
            }
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    private Child start(String name, List<String> command) throws IOException {
        return options.children()
                .start(new Launch(
                        name,
                        command,
                        Map.of(
                                "PATH",
                                "/usr/bin:/bin",
                                "HOME",
                                options.directory().toString(),
                                // Memory is there, and collecting garbage is a quarter of what a write costs without
                                // it.
                                "GOGC",
                                "300"),
                        options.directory(),
                        log(name)));
    }

    private Path log(String name) {
        return options.logs().resolve(name + ".log");
    }

    private Path auditPolicy() {
        return options.directory().resolve("audit-policy.yaml");
    }

    private Path program(String name) {
        return options.components().resolve(name);
    }

    /** Stops everything, the API server before etcd (it would linger otherwise), and deletes the data. */
    @Override
    public synchronized void close() {
        client.close();
        Child manager = controllerManager;
        if (manager != null) {
            manager.kill();
        }
        apiServer.end(Duration.ofSeconds(1));
        etcd.end(Duration.ofSeconds(1));
        try {
            Trees.delete(options.directory().resolve("etcd"));
        } catch (IOException e) {
            options.progress().say("the data of etcd can't be deleted: " + e.getMessage());
        }
    }

    /** Told what is going on. */
    Progress progress() {
        return options.progress();
    }
}
