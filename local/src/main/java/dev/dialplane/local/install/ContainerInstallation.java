package dev.dialplane.local.install;

import com.marcnuri.helm.Helm;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.cluster.ClusterOptions;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.cluster.NodeNetwork;
import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.containers.ContainerNode;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dialplane by its Helm chart, in containers, on a node with a real kubelet. It works only inside
 * {@link dev.dialplane.local.containers.OwnNamespaces}.
 */
public final class ContainerInstallation implements Installation {
    private static final NodeNetwork NETWORK = NodeNetwork.DOCUMENTATION;
    /** Where the system is. */
    public static final String NAMESPACE = "dialplane-system";

    private static final String RELEASE = "dialplane";
    private static final String GATEWAY = "dialplane-gateway";
    private static final String TWILIO = "twilio";
    /** What the gateway believes to be its address; signatures are over it, and nobody looks it up. */
    private static final URI PUBLIC_URL = URI.create("https://calls.example.com");

    private static final int GATEWAYS = 2;
    private static final Duration POLL = Duration.ofMillis(100);

    private final InstallOptions options;
    private final Progress progress;
    private final String authToken = random();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final LocalCluster cluster;
    private final ContainerNode containers;

    /**
     * Starts a cluster, installs Dialplane in it and applies the sample pool. Returns when everything is applied.
     *
     * @param images the directory with the OCI archives of the four processes
     * @param cgroup below which containers are
     * @throws IOException if something does not start; {@link ContainerNode#makeNetwork} must have been called
     */
    public ContainerInstallation(InstallOptions options, Path images, String cgroup) throws IOException {
        this.options = options;
        this.progress = options.progress();
        Path checkout = Checkout.root();
        Path directory = Files.createDirectories(options.out().resolve("cluster"));
        try {
            ChildProcesses children = new ChildProcesses(ProcessLedger.create(directory.resolve("pids")));
            ComponentFinder finder = ComponentFinder.ofThisMachine(progress);
            Path kubernetes = finder.find(ComponentSet.KUBERNETES);
            Path node = finder.find(ComponentSet.NODE);
            progress.say("starting etcd, kube-apiserver and kube-controller-manager");
            cluster = opened(LocalCluster.start(new ClusterOptions(
                    directory, logs(), kubernetes, true, java.util.Optional.of(NETWORK), children, progress)));
            new Manifests(cluster.client()).apply(checkout.resolve("local/src/main/cluster/system.yaml"));
            containers = opened(ContainerNode.start(
                    new ContainerNode.Options(
                            directory.resolve("node"),
                            logs(),
                            node,
                            NETWORK,
                            cgroup,
                            List.of(
                                    images.resolve("operator.tar"),
                                    images.resolve("gateway.tar"),
                                    images.resolve(inference() + ".tar"),
                                    images.resolve("agent-runtime.tar")),
                            children,
                            progress),
                    cluster));
            install(checkout, directory);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private String inference() {
        return options.scripted() ? "inference" : "inference-local";
    }

    private void install(Path checkout, Path directory) throws IOException {
        KubernetesClient client = cluster.client();
        Manifests manifests = new Manifests(client);
        manifests.apply(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build());
        manifests.apply(new SecretBuilder()
                .withNewMetadata()
                .withName(TWILIO)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withStringData(Map.of("account", authToken))
                .build());
        for (int number = 0; number < GATEWAYS; number++) {
            manifests.apply(volume(directory, "state-" + GATEWAY + "-" + number));
        }
        var chart = new Helm(checkout.resolve("helm/dialplane"))
                .install()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(cluster.kubeconfig());
        values().forEach(chart::set);
        chart.call();
        progress.say("helm installed Dialplane in " + NAMESPACE);
        manifests.apply(SamplePool.read(checkout, options.scripted(), options.agent()));
        progress.say("applied the sample pool" + (options.scripted() ? ", with scripted models" : ""));
    }

    /** The chart's values: small requests, because all of it and the agents share one machine. */
    private Map<String, Object> values() {
        Map<String, Object> values = new HashMap<>(Map.of(
                "image.tag",
                "latest",
                "inference.image",
                inference(),
                "inference.replicas",
                1,
                "inference.resources.requests.cpu",
                "300m",
                "operator.resources.requests.cpu",
                "100m",
                "gateway.replicas",
                GATEWAYS,
                "gateway.resources.requests.cpu",
                "100m",
                "gateway.twilioAuthTokens",
                TWILIO,
                "gateway.publicUrl",
                PUBLIC_URL,
                "gateway.drainSeconds",
                120));
        options.records().ifPresent(uri -> values.put("gateway.recordsUrl", uri));
        return values;
    }

    /**
     * Upgrades the release.
     *
     * @param changed values that differ from those that it was installed with
     */
    public void upgrade(Map<String, Object> changed) {
        var chart = new Helm(Checkout.root().resolve("helm/dialplane"))
                .upgrade()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(cluster.kubeconfig());
        Map<String, Object> all = values();
        all.putAll(changed);
        all.forEach(chart::set);
        chart.call();
    }

    /** Uninstalls the release. */
    public void uninstall() {
        Helm.uninstall(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeConfig(cluster.kubeconfig())
                .call();
    }

    /** A disk of this machine for a gateway, which may run as anybody. */
    private static io.fabric8.kubernetes.api.model.PersistentVolume volume(Path directory, String claim)
            throws IOException {
        Path path = Files.createDirectories(directory.resolve("volumes").resolve(claim));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(claim)
                .endMetadata()
                .withNewSpec()
                .withCapacity(Map.of("storage", new Quantity("1Gi")))
                .withAccessModes("ReadWriteOnce")
                .withPersistentVolumeReclaimPolicy("Delete")
                .withNewClaimRef()
                .withNamespace(NAMESPACE)
                .withName(claim)
                .endClaimRef()
                .withNewHostPath()
                .withPath(path.toString())
                .endHostPath()
                .endSpec()
                .build();
    }

    private static String random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public void awaitReady(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (String name : List.of("dialplane-inference", "dialplane-operator", GATEWAY)) {
            while (!isReady(name)) {
                if (System.nanoTime() > deadline) {
                    throw notReady(name, patience);
                }
                Thread.sleep(POLL);
            }
            progress.say(name + " is ready");
        }
        while (!pool().isReady()) {
            if (System.nanoTime() > deadline) {
                throw notReady("the sample pool: " + pool(), patience);
            }
            Thread.sleep(POLL);
        }
        progress.say("pool " + pool());
    }

    private IOException notReady(String what, Duration patience) {
        return new IOException(
                what + " is not Ready after " + patience.toSeconds() + " s. Logs are in " + logs() + ".");
    }

    private boolean isReady(String name) {
        try {
            if (name.equals(GATEWAY)) {
                StatefulSet set = cluster.client()
                        .apps()
                        .statefulSets()
                        .inNamespace(NAMESPACE)
                        .withName(name)
                        .get();
                return set != null
                        && count(set.getStatus().getReadyReplicas())
                                == set.getSpec().getReplicas();
            }
            Deployment deployment = cluster.client()
                    .apps()
                    .deployments()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .get();
            return deployment != null
                    && count(deployment.getStatus().getReadyReplicas())
                            == deployment.getSpec().getReplicas();
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static int count(@Nullable Integer replicas) {
        return replicas == null ? 0 : replicas;
    }

    private PoolState pool() {
        return PoolState.of(cluster.client(), "default", "receptionist");
    }

    /** Calls come to the gateways' Service, signed. */
    @Override
    public Dialed number(String namespace, String pool) {
        String address = cluster.client()
                .services()
                .inNamespace(NAMESPACE)
                .withName(GATEWAY)
                .get()
                .getSpec()
                .getClusterIP();
        return Dialed.webhook(URI.create("http://" + address), namespace, pool)
                .signedWith(authToken)
                .knownAs(PUBLIC_URL);
    }

    /** The node that everything runs on. */
    public ContainerNode node() {
        return containers;
    }

    @Override
    public LocalCluster cluster() {
        return cluster;
    }

    @Override
    public Path logs() {
        return options.out().resolve("logs");
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
