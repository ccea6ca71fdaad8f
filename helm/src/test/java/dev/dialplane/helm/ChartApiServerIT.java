package dev.dialplane.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.marcnuri.helm.Helm;
import dev.dialplane.local.cluster.ClusterOptions;
import dev.dialplane.local.cluster.LocalCluster;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartApiServerIT {
    private static final String NAMESPACE = "dialplane-system";

    @TempDir
    static Path directory;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        Progress progress = Progress.to(System.out);
        Path components = ComponentFinder.ofThisMachine(progress).find(ComponentSet.KUBERNETES);
        cluster = LocalCluster.start(new ClusterOptions(
                directory,
                directory.resolve("logs"),
                components,
                true,
                new ChildProcesses(ProcessLedger.create(directory.resolve("pids"))),
                progress));
        cluster.client()
                .namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                        .endMetadata()
                        .build())
                .create();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void installedUpgradedAndUninstalledItLeavesNothingButTheDefinitions() {
        KubernetesClient client = cluster.client();
        Path kubeconfig = cluster.kubeconfig();

        new Helm(ChartTest.CHART)
                .install()
                .withName("dialplane")
                .withNamespace(NAMESPACE)
                .withKubeConfig(kubeconfig)
                .call();
        String key = key(client);
        new Helm(ChartTest.CHART)
                .upgrade()
                .withName("dialplane")
                .withNamespace(NAMESPACE)
                .withKubeConfig(kubeconfig)
                .set("gateway.replicas", 3)
                .call();

        assertThat(key(client))
                .as("an upgrade keeps the key that calls were signed with")
                .isEqualTo(key);
        assertThat(client.apps()
                        .statefulSets()
                        .inNamespace(NAMESPACE)
                        .withName("dialplane-gateway")
                        .get()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(3);
        assertThat(definitions(client)).hasSize(2);

        List<HasMetadata> installed = ChartTest.render(Map.of());
        Helm.uninstall("dialplane")
                .withNamespace(NAMESPACE)
                .withKubeConfig(kubeconfig)
                .call();

        assertThat(installed)
                .allSatisfy(resource -> assertThat(
                                client.resource(resource).inNamespace(NAMESPACE).get())
                        .as(resource.getKind() + " " + resource.getMetadata().getName())
                        .isNull());
        assertThat(client.secrets().inNamespace(NAMESPACE).list().getItems()).isEmpty();
        assertThat(definitions(client))
                .as("pools and sessions would go with their definitions")
                .hasSize(2);
    }

    @Test
    void podSecurityTakesEveryPod() {
        ChartTest.podSpecs(ChartTest.render(Map.of()))
                .forEach((name, spec) -> assertThatCode(() -> cluster.client()
                                .pods()
                                .resource(new PodBuilder()
                                        .withNewMetadata()
                                        .withName(name + "-try")
                                        .withNamespace(NAMESPACE)
                                        .endMetadata()
                                        .withSpec(spec)
                                        .editSpec()
                                        // The account is not there; admission of accounts comes before Pod Security.
                                        .withServiceAccountName("default")
                                        .endSpec()
                                        .build())
                                .dryRun()
                                .create())
                        .as(name)
                        .doesNotThrowAnyException());
    }

    private static String key(KubernetesClient client) {
        return client.secrets()
                .inNamespace(NAMESPACE)
                .withName("dialplane-call-tokens")
                .get()
                .getData()
                .get("key");
    }

    private static List<String> definitions(KubernetesClient client) {
        return client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .map(definition -> definition.getMetadata().getName())
                .filter(name -> name.endsWith(".dialplane.dev"))
                .toList();
    }
}
