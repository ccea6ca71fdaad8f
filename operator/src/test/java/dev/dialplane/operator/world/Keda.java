package dev.dialplane.operator.world;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * KEDA as it is released, with the rights that it asks for: its operator, and its metrics adapter, which the API server
 * asks for external metrics through the aggregation layer.
 */
public final class Keda implements AutoCloseable {

    private static final String VERSION = "v2.21.0";
    private static final String NAMESPACE = "keda";

    /** The adapter's Service; its certificate is made out to it. */
    private static final String SERVICE = "keda-metrics-apiserver";

    private final TestCluster cluster;
    private final List<Process> processes = new ArrayList<>();
    private final int probes = TestCluster.freePort();

    private Keda(TestCluster cluster) {
        this.cluster = cluster;
    }

    /** Returns why KEDA cannot be run here; empty when it can. */
    public static Optional<String> missing() {
        Path directory = directory();
        List<String> missing = Stream.of("operator", "adapter")
                .filter(program -> !Files.isExecutable(directory.resolve(program)))
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        ("KEDA %s is not here: %s has no %s. DIALPLANE_TEST_KEDA=1 ./test builds it once and keeps it"
                                        + " there; or set DIALPLANE_KEDA to a directory that holds it.")
                                .formatted(VERSION, directory, String.join(" and no ", missing)));
    }

    /** Installs and starts it, and returns once the API server has external metrics. */
    public static Keda start(TestCluster cluster, Path work) throws IOException {
        Keda keda = new Keda(cluster);
        try {
            keda.install();
            keda.run(work);
            keda.awaitReady(work);
            return keda;
        } catch (IOException | RuntimeException e) {
            keda.close();
            throw e;
        }
    }

    private void install() throws IOException {
        cluster.namespace(NAMESPACE);
        for (String part : List.of("crd/bases", "service_account", "rbac", "metrics-server")) {
            cluster.apply(directory().resolve("config").resolve(part));
        }
    }

    private void run(Path work) throws IOException {
        Certificates certificates = new Certificates(work.resolve("keda-certificates"));
        certificates.issue("tls", "keda", List.of("localhost", SERVICE + "." + NAMESPACE + ".svc"));
        String kubeconfig = "--kubeconfig="
                + cluster.kubeconfig(
                        "keda",
                        cluster.client()
                                .serviceAccounts()
                                .inNamespace(NAMESPACE)
                                .withName("keda-operator")
                                .tokenRequest(new TokenRequestBuilder()
                                        .withNewSpec()
                                        .withExpirationSeconds(3600L)
                                        .endSpec()
                                        .build())
                                .getStatus()
                                .getToken());
        Map<String, String> environment =
                Map.of("POD_NAMESPACE", NAMESPACE, "KEDA_CLUSTER_OBJECT_NAMESPACE", NAMESPACE, "WATCH_NAMESPACE", "");
        int figures = TestCluster.freePort();
        processes.add(cluster.run(
                directory().resolve("operator"),
                "keda-operator",
                environment,
                kubeconfig,
                "--zap-log-level=info",
                "--enable-prometheus-metrics=false",
                "--health-probe-bind-address=127.0.0.1:" + probes,
                "--metrics-service-bind-address=127.0.0.1:" + figures,
                "--cert-dir=" + certificates.directory()));
        int metrics = TestCluster.freePort();
        processes.add(cluster.run(
                directory().resolve("adapter"),
                "keda-adapter",
                environment,
                kubeconfig,
                kubeconfig.replace("--", "--authentication-"),
                kubeconfig.replace("--", "--authorization-"),
                kubeconfig.replace("--", "--lister-"),
                "--bind-address=127.0.0.1",
                "--secure-port=" + metrics,
                "--port=" + TestCluster.freePort(),
                "--tls-cert-file=" + certificates.file("tls.crt"),
                "--tls-private-key-file=" + certificates.file("tls.key"),
                "--cert-dir=" + certificates.directory(),
                "--metrics-service-address=localhost:" + figures));
        // An API server that is no pod reaches the loopback address by a Service's external name alone: addresses of
        // EndpointSlices may not be loopback.
        cluster.client().resource("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: %s, namespace: %s}
                        spec: {type: ExternalName, externalName: localhost}
                        """.formatted(SERVICE, NAMESPACE)).serverSideApply();
        cluster.client()
                .resource("""
                        apiVersion: apiregistration.k8s.io/v1
                        kind: APIService
                        metadata: {name: v1beta1.external.metrics.k8s.io}
                        spec:
                          group: external.metrics.k8s.io
                          version: v1beta1
                          groupPriorityMinimum: 100
                          versionPriority: 100
                          caBundle: %s
                          service: {name: %s, namespace: %s, port: %d}
                        """.formatted(
                                Base64.getEncoder().encodeToString(Files.readAllBytes(certificates.file("ca.crt"))),
                                SERVICE,
                                NAMESPACE,
                                metrics))
                .serverSideApply();
    }

    private void awaitReady(Path work) {
        HttpClient http = HttpClient.newHttpClient();
        KubernetesClient client = cluster.client();
        Awaitility.await("KEDA, which logs to " + work)
                .atMost(Duration.ofSeconds(90))
                .ignoreExceptionsMatching(failure -> processes.stream().allMatch(Process::isAlive))
                .until(() -> {
                    if (!processes.stream().allMatch(Process::isAlive)) {
                        throw new IllegalStateException("KEDA has ended; see its logs in " + work);
                    }
                    HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + probes + "/readyz"))
                            .build();
                    return http.send(ready, HttpResponse.BodyHandlers.ofString())
                                            .statusCode()
                                    == 200
                            && client.raw("/apis/external.metrics.k8s.io/v1beta1")
                                    .contains("ExternalMetricValueList");
                });
    }

    /** Returns a ScaledObject as it is. */
    public GenericKubernetesResource scaledObject(String namespace, String name) {
        return cluster.client()
                .genericKubernetesResources("keda.sh/v1alpha1", "ScaledObject")
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    @Override
    public void close() {
        TestCluster.end(processes);
    }

    private static Path directory() {
        return Optional.ofNullable(System.getenv("DIALPLANE_KEDA"))
                .filter(value -> !value.isBlank())
                .map(Path::of)
                .orElseGet(() -> TestCluster.cache().resolve("keda/" + VERSION + "-linux-amd64"));
    }
}
