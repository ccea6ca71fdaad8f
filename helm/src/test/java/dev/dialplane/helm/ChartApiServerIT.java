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
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartApiServerIT {
    private static final String NAMESPACE = "dialplane-system";

    @TempDir
    static Path directory;

    private static Path helm;
    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        Progress progress = Progress.to(System.out);
        ComponentFinder finder = ComponentFinder.ofThisMachine(progress);
        Path components = finder.find(ComponentSet.KUBERNETES);
        helm = finder.find(ComponentSet.HELM).resolve("helm");
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
    void installedUpgradedRolledBackAndUninstalledItLeavesNothingButTheDefinitions() throws Exception {
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
        upgrade("gateway.replicas", 3);

        assertThat(key(client))
                .as("an upgrade keeps the key that calls were signed with")
                .isEqualTo(key);
        assertThat(data(client, "dialplane-authority").get("tls.key")).isEqualTo(authority);
        assertThat(gateways(client)).isEqualTo(3);
        assertThat(definitions(client)).hasSize(2);
        theOperatorWritesItsCertificatesAndNoOtherSecret();
        nobodyMayDoMoreThanTheTableSays();
        inNamespacesTheOperatorMayDoNothingElsewhere();

        Map<String, String> certificate = data(client, "dialplane-gateway-tls");
        rollBack();

        assertThat(gateways(client)).isEqualTo(2);
        assertThat(key(client)).isEqualTo(key);
        assertThat(data(client, "dialplane-authority").get("tls.key")).isEqualTo(authority);
        assertThat(data(client, "dialplane-gateway-tls"))
                .as("what the operator wrote is not Helm's to take back")
                .isNotEmpty()
                .isEqualTo(certificate);

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
        ChartTest.render(Map.of()).stream()
                .filter(resource -> resource.getKind().equals("PriorityClass"))
                .forEach(resource -> cluster.client().resource(resource).serverSideApply());
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

    /** What {@code kubectl auth can-i --list} says beyond what every account may, per identity and namespace. */
    private static void nobodyMayDoMoreThanTheTableSays() {
        Set<String> everywhere = Set.of(
                "dialplane.dev/voiceagentpools: get, list, watch",
                "dialplane.dev/voiceagentpools/status: patch",
                "dialplane.dev/callsessions: create, delete, get, list, watch",
                "dialplane.dev/callsessions/status: patch",
                "pods: create, delete, get, list, patch, watch",
                "nodes: list, watch",
                "coordination.k8s.io/leases: get",
                "policy/poddisruptionbudgets: create, list, patch, watch",
                "networking.k8s.io/networkpolicies: create, list, patch, watch",
                "events.k8s.io/events: create",
                "authentication.k8s.io/tokenreviews: create",
                "secrets: create, patch");
        Set<String> system = new TreeSet<>(everywhere);
        system.remove("coordination.k8s.io/leases: get");
        system.addAll(Set.of(
                "coordination.k8s.io/leases: create, get",
                "coordination.k8s.io/leases dialplane-operator: get, update"));

        assertThat(rights("dialplane-operator", "default")).containsExactlyInAnyOrderElementsOf(everywhere);
        assertThat(rights("dialplane-operator", NAMESPACE)).containsExactlyInAnyOrderElementsOf(system);
        for (String account : List.of("dialplane-gateway", "dialplane-inference", "default")) {
            assertThat(rights(account, "default")).as(account).isEmpty();
            assertThat(rights(account, NAMESPACE)).as(account).isEmpty();
        }
    }

    private static void inNamespacesTheOperatorMayDoNothingElsewhere() {
        Set<String> cluster = Set.of(
                "nodes: list, watch", "coordination.k8s.io/leases: get", "authentication.k8s.io/tokenreviews: create");
        Set<String> there = rights("dialplane-operator", "default");
        Set<String> system = new TreeSet<>(cluster);
        system.remove("coordination.k8s.io/leases: get");
        system.addAll(Set.of(
                "coordination.k8s.io/leases: create, get",
                "coordination.k8s.io/leases dialplane-operator: get, update",
                "secrets: create, patch"));

        upgrade("operator.namespaces[0]", "default");

        assertThat(rights("dialplane-operator", "default")).isEqualTo(there);
        assertThat(rights("dialplane-operator", "kube-public")).containsExactlyInAnyOrderElementsOf(cluster);
        assertThat(rights("dialplane-operator", NAMESPACE)).containsExactlyInAnyOrderElementsOf(system);
        upgrade("gateway.replicas", 3);
    }

    private static void upgrade(String value, Object to) {
        new Helm(ChartTest.CHART)
                .upgrade()
                .withName("dialplane")
                .withNamespace(NAMESPACE)
                .withKubeConfig(cluster.kubeconfig())
                .set(value, to)
                .call();
    }

    /** As {@code group/resource name: verbs}; those of an account that nobody gave anything are left out. */
    private static Set<String> rights(String account, String namespace) {
        Map<String, Set<String>> verbs = new TreeMap<>();
        List<ResourceRule> everybodys = rules("an-account-without-rights", namespace);
        rules(account, namespace).stream()
                .filter(rule -> !everybodys.contains(rule))
                .forEach(rule -> rule.getResources()
                        .forEach(resource -> rule.getApiGroups()
                                .forEach(group -> verbs.computeIfAbsent(
                                                (group.isEmpty() ? "" : group + "/")
                                                        + resource
                                                        + rule.getResourceNames().stream()
                                                                .map(name -> " " + name)
                                                                .collect(Collectors.joining()),
                                                _ -> new TreeSet<>())
                                        .addAll(rule.getVerbs()))));
        return verbs.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + String.join(", ", entry.getValue()))
                .collect(Collectors.toSet());
    }

    private static List<ResourceRule> rules(String account, String namespace) {
        Config config = Config.fromKubeconfig(cluster.kubeconfig().toFile());
        config.setImpersonateUsername("system:serviceaccount:" + NAMESPACE + ":" + account);
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build()) {
            return client.authorization()
                    .v1()
                    .selfSubjectRulesReview()
                    .create(new SelfSubjectRulesReviewBuilder()
                            .withNewSpec()
                            .withNamespace(namespace)
                            .endSpec()
                            .build())
                    .getStatus()
                    .getResourceRules();
        }
    }

    @Test
    void theKustomizeBaseIsTaken() throws IOException, InterruptedException {
        run(
                cluster.kubectl().toString(),
                "apply",
                "-k",
                "../manifests",
                "--dry-run=server",
                "--kubeconfig",
                cluster.kubeconfig().toString());
    }

    @Test
    void whatTheDocumentationShowsIsTaken() throws IOException {
        try (var files = Files.list(ChartTest.CHART.resolve("crds"))) {
            for (Path file : files.toList()) {
                var definition = cluster.client().resource(Files.readString(file));
                definition.forceConflicts().serverSideApply();
                definition.waitUntilCondition(
                        applied -> applied instanceof CustomResourceDefinition it
                                && it.getStatus() != null
                                && it.getStatus().getConditions().stream()
                                        .anyMatch(
                                                condition -> condition.getType().equals("Established")
                                                        && condition.getStatus().equals("True")),
                        30,
                        TimeUnit.SECONDS);
            }
        }
        List<String> pools = FirstDay.blocks().stream()
                .filter(block -> block.startsWith("apiVersion:"))
                .toList();

        assertThat(pools)
                .isNotEmpty()
                .allSatisfy(pool -> assertThatCode(
                                () -> cluster.client().resource(pool).dryRun().create())
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

    /** To the revision before; by the CLI, because the Java client of Helm can't. */
    private static void rollBack() throws IOException, InterruptedException {
        run(
                helm.toString(),
                "rollback",
                "dialplane",
                "--namespace",
                NAMESPACE,
                "--kubeconfig",
                cluster.kubeconfig().toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    private static int gateways(KubernetesClient client) {
        return client.apps()
                .statefulSets()
                .inNamespace(NAMESPACE)
                .withName("dialplane-gateway")
                .get()
                .getSpec()
                .getReplicas();
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
