package dev.dialplane.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

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
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
        String authority = data(client, "dialplane-authority").get("tls.key");
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
        assertThat(data(client, "dialplane-authority").get("tls.key")).isEqualTo(authority);
        assertThat(client.apps()
                        .statefulSets()
                        .inNamespace(NAMESPACE)
                        .withName("dialplane-gateway")
                        .get()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(3);
        assertThat(definitions(client)).hasSize(2);
        theOperatorWritesItsCertificatesAndNoOtherSecret();

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

    private static void theOperatorWritesItsCertificatesAndNoOtherSecret() {
        Config config = Config.fromKubeconfig(cluster.kubeconfig().toFile());
        config.setImpersonateUsername("system:serviceaccount:" + NAMESPACE + ":dialplane-operator");
        OwnerReference pool = new OwnerReferenceBuilder()
                .withApiVersion("dialplane.dev/v1alpha1")
                .withKind("VoiceAgentPool")
                .withName("sales")
                .withUid("0d5f7b4e-0000-4000-8000-000000000000")
                .build();
        cluster.client().resource(secret("default", "other-agent-tls").build()).create();
        try (KubernetesClient operator =
                new KubernetesClientBuilder().withConfig(config).build()) {
            // The policy takes effect a moment after it is installed.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertRefused(operator, secret("default", "stolen"), "of its own"));
            apply(operator, secret(NAMESPACE, "dialplane-gateway-tls"));
            apply(
                    operator,
                    secret("default", "sales-agent-tls")
                            .editMetadata()
                            .withOwnerReferences(pool)
                            .endMetadata());
            assertRefused(operator, secret("default", "dialplane-gateway-tls"), "of its own");
            assertRefused(operator, secret(NAMESPACE, "dialplane-authority"), "of its own");
            assertRefused(operator, secret("default", "sales-agent-tls"), "of its own");
            assertRefused(
                    operator,
                    secret("default", "other-agent-tls")
                            .editMetadata()
                            .withOwnerReferences(new OwnerReferenceBuilder(pool)
                                    .withName("other")
                                    .build())
                            .endMetadata(),
                    "of its own");
            assertThatThrownBy(() -> operator.secrets().inNamespace(NAMESPACE).list())
                    .hasMessageContaining("forbidden");
            assertThatThrownBy(() -> operator.secrets()
                            .inNamespace("default")
                            .withName("sales-agent-tls")
                            .get())
                    .hasMessageContaining("forbidden");
        }
        cluster.client().secrets().inNamespace("default").delete();
    }

    private static void apply(KubernetesClient client, SecretBuilder secret) {
        client.resource(secret.build())
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("dialplane-operator")
                        .withForce(true)
                        .build());
    }

    private static void assertRefused(KubernetesClient client, SecretBuilder secret, String why) {
        assertThatThrownBy(() -> apply(client, secret)).hasMessageContaining(why);
    }

    private static SecretBuilder secret(String namespace, String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withStringData(Map.of("tls.crt", "a certificate"));
    }

    private static String key(KubernetesClient client) {
        return data(client, "dialplane-call-tokens").get("key");
    }

    private static Map<String, String> data(KubernetesClient client, String secret) {
        return client.secrets().inNamespace(NAMESPACE).withName(secret).get().getData();
    }

    private static List<String> definitions(KubernetesClient client) {
        return client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .map(definition -> definition.getMetadata().getName())
                .filter(name -> name.endsWith(".dialplane.dev"))
                .toList();
    }
}
