package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.crds.Condition;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeInference;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.OperatorProcess;
import dev.dialplane.operator.world.TestCluster;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Namespaces of several tenants on a real API server of their own, with an operator that has rights in these alone: what one
 * of them does, or may not do, is no concern of the others.
 */
class TenantsApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    /** Some hundred pods are deleted one by one. */
    private static final Duration CLEARED = Duration.ofMinutes(2);

    private static final String A = "tenant-a";
    private static final String B = "tenant-b";
    private static final String NOBODYS = "elsewhere";

    private static TestCluster cluster;
    private static FakeInference inference;
    private static OperatorProcess operator;
    private static FakeGateway gateway;
    private static List<FakeNode> nodes = List.of();

    @BeforeAll
    static void start() throws IOException {
        Path work = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "world").toAbsolutePath()), "tenants-");
        cluster = TestCluster.start(work);
        cluster.startController("resourcequota-controller");
        List.of(A, B, NOBODYS).forEach(cluster::namespace);
        cluster.client()
                .resources(ClusterRoleBinding.class)
                .withName("dialplane-operator")
                .delete();
        List.of(A, B).forEach(TenantsApiServerIT::giveRights);
        inference = new FakeInference();
        operator = new OperatorProcess(
                work,
                "operator",
                cluster.operatorKubeconfig(),
                inference.address(),
                Map.of("DIALPLANE_OPERATOR_NAMESPACES", A + "," + B, "DIALPLANE_OPERATOR_NETWORK_POLICIES", "true"));
        operator.awaitReady();
        String uid = cluster.gatewayPod("gateway");
        gateway = new FakeGateway(
                operator.grpcPort(),
                cluster.token("dialplane-gateway", "dialplane-operator", "gateway", uid),
                uid,
                List.of());
        await().atMost(SOON).until(operator::leads);
        gateway.attach();
        nodes = List.of(new FakeNode(cluster.client(), A), new FakeNode(cluster.client(), B));
    }

    private static void giveRights(String namespace) {
        cluster.client()
                .resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("dialplane-operator")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "dialplane-operator")
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withNamespace(TestCluster.SYSTEM)
                        .withName("dialplane-operator")
                        .endSubject()
                        .build())
                .create();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        nodes.forEach(FakeNode::close);
        operator.close();
        inference.close();
        cluster.close();
    }

    @AfterEach
    void clean() {
        for (String namespace : List.of(A, B, NOBODYS)) {
            cluster.client()
                    .resources(VoiceAgentPool.class)
                    .inNamespace(namespace)
                    .delete();
            cluster.client().resourceQuotas().inNamespace(namespace).delete();
            cluster.client().limitRanges().inNamespace(namespace).delete();
            await("all are gone, those too that were on their way when the pools went")
                    .atMost(CLEARED)
                    .until(() -> cleared(namespace));
        }
    }

    /** Deletes what pods there are, one by one: a flood of them in one request takes longer than a request may. */
    private static boolean cleared(String namespace) {
        List<Pod> pods = pods(namespace);
        pods.forEach(pod -> cluster.client().resource(pod).withGracePeriod(0).delete());
        return pods.isEmpty();
    }

    @Test
    void aPoolWhereTheOperatorHasNoRightsIsLeftAlone() {
        pool(NOBODYS, "desk", 2);
        pool(A, "desk", 2);

        await().atMost(SOON).until(() -> holds(A, "desk", "Ready"));

        assertThat(pods(NOBODYS)).isEmpty();
        assertThat(read(NOBODYS, "desk").getStatus()).isNull();
    }

    @Test
    void aQuotaThatIsHitIsSaidAndTheRestComesOnceThereIsRoom() {
        quota(A, 1);
        pool(A, "desk", 3);
        pool(B, "desk", 3);

        await().atMost(SOON).until(() -> degraded(A, "desk").startsWith("pods cannot be created: exceeded quota: few"));
        assertThat(pods(A)).hasSize(1);
        await("the other namespace's pool").atMost(SOON).until(() -> holds(B, "desk", "Ready"));
        assertThat(degraded(B, "desk")).isEmpty();

        quota(A, 3);

        await().atMost(SOON).until(() -> holds(A, "desk", "Ready") && pods(A).size() == 3);
        await().atMost(SOON).until(() -> degraded(A, "desk").isEmpty());
    }

    @Test
    void aLimitThatAgentsDoNotFitIsSaid() {
        cluster.client()
                .resource(new LimitRangeBuilder()
                        .withNewMetadata()
                        .withName("small")
                        .withNamespace(A)
                        .endMetadata()
                        .withNewSpec()
                        .addNewLimit()
                        .withType("Container")
                        .addToMax("memory", new Quantity("64Mi"))
                        .endLimit()
                        .endSpec()
                        .build())
                .create();
        pool(A, "desk", 1);

        await().atMost(SOON).until(() -> degraded(A, "desk").contains("maximum memory usage per Container is 64Mi"));
        assertThat(pods(A)).isEmpty();
    }

    @Test
    void aFloodOfPoolsIsNotWaitedForInOtherNamespaces() {
        for (int number = 0; number < 12; number++) {
            pool(A, "flood-" + number, 30);
        }
        await("the flood is under way").atMost(SOON).until(() -> pods(A).size() > 120);

        pool(B, "desk", 20);

        await().atMost(SOON).until(() -> holds(B, "desk", "Ready"));
        assertThat(pods(A)).as("the flood goes on").hasSizeLessThan(360);
    }

    @Test
    void onlyGatewaysReachAgentsAndAgentsReachOnlyInference() {
        pool(A, "desk", 1);
        await().atMost(SOON).until(() -> policy() != null);

        NetworkPolicy made = Objects.requireNonNull(policy());
        cluster.client().resource(made).delete();

        await("somebody deleted it").atMost(SOON).until(() -> policy() != null);
        assertThat(made.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
        assertThat(made.getSpec().getPodSelector().getMatchLabels()).isEqualTo(Map.of(Labels.POOL, "desk"));
        assertThat(made.getSpec().getIngress().getFirst().getFrom())
                .singleElement()
                .satisfies(peer -> assertThat(peer.getPodSelector().getMatchLabels())
                        .containsEntry("app.kubernetes.io/component", "gateway"));
        assertThat(made.getSpec().getEgress().getFirst().getTo())
                .singleElement()
                .satisfies(peer ->
                        assertThat(peer.getNamespaceSelector().getMatchLabels()).containsValue(TestCluster.SYSTEM));
        cluster.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(A)
                .withName("desk")
                .delete();
    }

    private static @Nullable NetworkPolicy policy() {
        return cluster.client()
                .network()
                .networkPolicies()
                .inNamespace(A)
                .withName("desk")
                .get();
    }

    private static void quota(String namespace, int pods) {
        cluster.client()
                .resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withName("few")
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewSpec()
                        .addToHard("pods", new Quantity(Integer.toString(pods)))
                        .endSpec()
                        .build())
                .serverSideApply();
        await("the quota counts").atMost(SOON).until(() -> {
            var status = cluster.client()
                    .resourceQuotas()
                    .inNamespace(namespace)
                    .withName("few")
                    .get()
                    .getStatus();
            return status != null
                    && status.getHard() != null
                    && new Quantity(Integer.toString(pods))
                            .equals(status.getHard().get("pods"));
        });
    }

    private static void pool(String namespace, String name, int replicas) {
        cluster.client().resource("""
                        apiVersion: dialplane.dev/v1alpha1
                        kind: VoiceAgentPool
                        metadata: {name: %s, namespace: %s}
                        spec: {agent: {greeting: Hello}, scaling: {mode: External, replicas: %d}}
                        """.formatted(name, namespace, replicas)).create();
    }

    private static List<Pod> pods(String namespace) {
        return cluster.client().pods().inNamespace(namespace).list().getItems();
    }

    @SuppressWarnings("NullAway") // the pools of these tests are there
    private static VoiceAgentPool read(String namespace, String name) {
        return cluster.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private static boolean holds(String namespace, String name, String condition) {
        return condition(namespace, name, condition)
                .filter(found -> found.status() == Condition.Status.True)
                .isPresent();
    }

    /** What is wrong; empty if nothing is. */
    private static String degraded(String namespace, String name) {
        return condition(namespace, name, "Degraded")
                .filter(found -> found.status() == Condition.Status.True)
                .map(Condition::message)
                .orElse("");
    }

    private static Optional<Condition> condition(String namespace, String name, String type) {
        return Optional.ofNullable(read(namespace, name).getStatus()).stream()
                .flatMap(status -> status.conditions().stream())
                .filter(found -> found.type().equals(type))
                .findFirst();
    }
}
