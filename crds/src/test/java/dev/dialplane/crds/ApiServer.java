package dev.dialplane.crds;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A real etcd and kube-apiserver on free ports, with both CustomResourceDefinitions installed. */
final class ApiServer implements AutoCloseable {

    private static final String VERSION = "1.36.3";
    private static final List<String> BINARIES = List.of("etcd", "kube-apiserver", "kubectl");

    private final KubeAPIServer server;
    private final Path work;
    private final Path kubeconfig;
    private final KubernetesClient client;

    private ApiServer(KubeAPIServer server, Path work, Path kubeconfig, KubernetesClient client) {
        this.server = server;
        this.work = work;
        this.kubeconfig = kubeconfig;
        this.client = client;
    }

    static ApiServer start(Path work) throws IOException {
        Path binaries = binaries();
        Path links = Files.createDirectories(links(work));
        for (String binary : BINARIES) {
            Files.createSymbolicLink(links.resolve(binary), binaries.resolve(binary));
        }
        KubeAPIServer server = new KubeAPIServer(KubeAPIServerConfigBuilder.anAPIServerConfig()
                .withTestDir(work.toString())
                .withApiServerVersion(VERSION)
                .withOfflineMode(true)
                .build());
        server.start();
        Path kubeconfig = Files.writeString(work.resolve("kubeconfig"), server.getKubeConfigYaml());
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                .build();
        return new ApiServer(server, work, kubeconfig, client);
    }

    KubernetesClient client() {
        return client;
    }

    /** Runs kubectl and returns what it printed, on either stream. */
    String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(binaries().resolve("kubectl").toString(), "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return printed;
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.stop();
        for (String binary : BINARIES) {
            Files.delete(links(work).resolve(binary));
        }
    }

    /** Where the library looks for the binaries. */
    private static Path links(Path work) {
        return work.resolve("k8s").resolve(VERSION + "-linux-amd64");
    }

    private static Path binaries() {
        Path directory = Optional.ofNullable(System.getProperty("dialplane.kubernetes"))
                .or(() -> Optional.ofNullable(System.getenv("DIALPLANE_KUBERNETES")))
                .map(Path::of)
                .orElseGet(ApiServer::cache);
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

    private static Path cache() {
        Path base = Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .filter(value -> !value.isBlank())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return base.resolve("dialplane/kubernetes/v" + VERSION + "-linux-amd64");
    }
}
