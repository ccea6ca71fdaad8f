package dev.dialplane.operator.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeInference;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.Keda;
import dev.dialplane.operator.world.OperatorProcess;
import dev.dialplane.operator.world.TestCluster;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v1.Scale;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * KEDA's own operator and metrics adapter, and the HorizontalPodAutoscaler of kube-controller-manager, scale a pool by its
 * calls. KEDA is connected to the operator that stands by, which is what a Service may give it.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KedaApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LOOKS = Duration.ofSeconds(1);
    private static final int MOST = 20;
    private static final String NAMESPACE = "keda-desk";

    /** What was started, to be ended in reverse. */
    private static final List<AutoCloseable> STARTED = new ArrayList<>();

    private static TestCluster cluster;
    private static Keda keda;
    private static List<OperatorProcess> operators = List.of();

    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final List<String> torn = new CopyOnWriteArrayList<>();
    private OperatorProcess leader;
    private OperatorProcess standby;
    private FakeNode node;
    private FakeGateway gateway;
    private Watch watch;

    @BeforeAll
    static void start() throws IOException {
        Optional<String> missing = Keda.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing.orElse(""));
        Path work = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "world").toAbsolutePath()), "keda-");
        cluster = started(TestCluster.start(work));
        Assumptions.assumeTrue(
                cluster.minor() >= 35,
                "an autoscaler's tolerance can be set from Kubernetes 1.35 on; this is 1." + cluster.minor());
        FakeInference inference = started(new FakeInference());
        Path kubeconfig = cluster.operatorKubeconfig();
        operators = List.of(
                started(new OperatorProcess(work, "operator-a", kubeconfig, inference.address())),
                started(new OperatorProcess(work, "operator-b", kubeconfig, inference.address())));
        cluster.startAutoscaler(LOOKS);
        keda = started(Keda.start(cluster, work));
        operators.forEach(OperatorProcess::awaitReady);
    }

    private static <T extends AutoCloseable> T started(T what) {
        STARTED.add(what);
        return what;
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable what : STARTED.reversed()) {
            what.close();
        }
    }

    @BeforeEach
    void world() {
        cluster.namespace(NAMESPACE);
        String uid = cluster.gatewayPod("gateway-of-keda");
        String token = cluster.token("dialplane-gateway", "dialplane-operator", "gateway-of-keda", uid);
        node = new FakeNode(client(), NAMESPACE);
        await().atMost(SOON).until(() -> operators.stream().anyMatch(OperatorProcess::leads));
        leader = operator(true);
        standby = operator(false);
        gateway = new FakeGateway(leader.grpcPort(), token, uid, List.of()).attach();
        watch = client().pods().inNamespace(NAMESPACE).watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Pod pod) {
                boolean leaving = action == Action.DELETED || pod.getMetadata().getDeletionTimestamp() != null;
                if (leaving && busy.contains(pod.getMetadata().getUid())) {
                    torn.add(pod.getMetadata().getName());
                }
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
    }

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        if (node != null) {
            node.close();
        }
    }

    @Test
    void callsTakeAPoolFromNoAgentToTwentyAndBackAndNoBusyAgentGoes() throws IOException {
        client().resource("""
                        apiVersion: dialplane.dev/v1alpha1
                        kind: VoiceAgentPool
                        metadata: {name: receptionist, namespace: %s}
                        spec: {agent: {greeting: Hello}, scaling: {mode: External, replicas: 0, max: %d}}
                        """.formatted(NAMESPACE, MOST)).create();
        await().atMost(SOON)
                .until(() -> gateway.pool(NAMESPACE, "receptionist").isPresent()
                        && scale().getStatus() != null
                        && scale().getStatus().getSelector() != null);
        assertThat(scale().getStatus().getSelector()).isEqualTo("dialplane.dev/pool=receptionist");
        applySample();
        await("the ScaledObject is ready")
                .atMost(SOON)
                .until(() -> condition("Ready").equals("True"));
        HorizontalPodAutoscaler hpa = client().autoscaling()
                .v2()
                .horizontalPodAutoscalers()
                .inNamespace(NAMESPACE)
                .withName("keda-hpa-receptionist")
                .get();
        assertThat(hpa.getSpec().getScaleTargetRef().getKind()).isEqualTo("VoiceAgentPool");
        assertThat(pods()).isEmpty();

        calls(1, 0);
        took("0 to 1, the first call", () -> pods().size() == 1 && idle().size() == 1);
        answer(1);

        calls(6, 1);
        took("1 to 7, six more calls", () -> idle().size() == 6);
        answer(6);
        calls(0, 7);

        calls(12, 7);
        took("7 to 19, twelve more calls", () -> idle().size() == 12);
        answer(12);

        // An autoscaler takes 20 calls on 19 agents for near enough, unless it is told not to.
        calls(1, 19);
        took("19 to 20, one more call", () -> idle().size() == 1);
        answer(1);
        calls(0, MOST);
        assertThat(pods()).hasSize(MOST);
        assertThat(replicas()).isEqualTo(MOST);
        String labels = "namespace=\"%s\",pool=\"receptionist\"".formatted(NAMESPACE);
        assertThat(leader.metric("dialplane_pool_concurrent_calls", labels)).isEqualTo(MOST);
        assertThat(leader.metric("dialplane_pool_needed_agents", labels)).isEqualTo(MOST);

        Set<String> stay = busy.stream().limit(3).collect(Collectors.toSet());
        end(Set.copyOf(busy).stream().filter(uid -> !stay.contains(uid)).toList());
        calls(0, 3);
        took("20 to 3, seventeen calls end", () -> pods().size() == 3);
        assertThat(pods()).extracting(pod -> pod.getMetadata().getUid()).containsExactlyInAnyOrderElementsOf(stay);

        end(List.copyOf(stay));
        calls(0, 0);
        took("3 to 0, the last calls end", () -> pods().isEmpty());
        assertThat(replicas()).isZero();
        assertThat(torn).as("agents that went in a call").isEmpty();
        assertThat(standby.leads())
                .as("KEDA was connected to an operator that stands by")
                .isFalse();
    }

    /** The sample as it is, but for names of this test, and waits that would be minutes of it. */
    private void applySample() throws IOException {
        String sample = Files.readString(TestCluster.repository().resolve("manifests/samples/keda-scaledobject.yaml"));
        for (String[] change : new String[][] {
            {"namespace: default", "namespace: " + NAMESPACE},
            {"dialplane-operator.dialplane-system:7090", "127.0.0.1:" + standby.grpcPort()},
            {"pollingInterval: 15", "pollingInterval: 1"},
            {"cooldownPeriod: 300", "cooldownPeriod: 1"},
            {"stabilizationWindowSeconds: 300", "stabilizationWindowSeconds: 1"},
        }) {
            assertThat(sample).contains(change[0]);
            sample = sample.replace(change[0], change[1]);
        }
        client().resource(sample).serverSideApply();
    }

    private static void took(String what, BooleanSupplier happened) {
        long began = System.nanoTime();
        await(what).pollInterval(Duration.ofMillis(20)).atMost(SOON).until(happened::getAsBoolean);
        System.out.printf("%s: %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
    }

    private void calls(int waiting, int active) {
        gateway.tell(Demand.newBuilder()
                .setPool(PoolRef.newBuilder().setNamespace(NAMESPACE).setName("receptionist"))
                .setArrivals(waiting + active)
                .setWaiting(waiting)
                .setActive(active)
                .build());
    }

    /** Gives calls to idle agents. */
    private void answer(int calls) {
        List<String> takers = idle().stream().limit(calls).toList();
        assertThat(takers).hasSize(calls);
        busy.addAll(takers);
        takers.forEach(uid -> gateway.tell(uid, Phase.PHASE_ACTIVE));
    }

    private void end(List<String> uids) {
        uids.forEach(busy::remove);
        uids.forEach(uid -> gateway.tell(uid, Phase.PHASE_IDLE, 1));
    }

    /** The agents that the gateway knows and that hold no call. */
    private List<String> idle() {
        return gateway.agents(NAMESPACE).stream()
                .map(agent -> agent.getPodUid())
                .filter(uid -> !busy.contains(uid))
                .toList();
    }

    private List<Pod> pods() {
        return client().pods().inNamespace(NAMESPACE).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private Scale scale() {
        return client().getKubernetesSerialization()
                .unmarshal(
                        client().raw("/apis/dialplane.dev/v1alpha1/namespaces/%s/voiceagentpools/receptionist/scale"
                                .formatted(NAMESPACE)),
                        Scale.class);
    }

    /** Nothing is how an API server writes none. */
    private int replicas() {
        Integer replicas = scale().getSpec().getReplicas();
        return replicas == null ? 0 : replicas;
    }

    private static String condition(String type) {
        GenericKubernetesResource scaled = keda.scaledObject(NAMESPACE, "receptionist");
        List<?> conditions = scaled.get("status", "conditions");
        return conditions == null
                ? ""
                : conditions.stream()
                        .map(condition -> (java.util.Map<?, ?>) condition)
                        .filter(condition -> type.equals(condition.get("type")))
                        .map(condition -> String.valueOf(condition.get("status")))
                        .findFirst()
                        .orElse("");
    }

    private static OperatorProcess operator(boolean leading) {
        return operators.stream()
                .filter(operator -> operator.leads() == leading)
                .findFirst()
                .orElseThrow();
    }

    private static KubernetesClient client() {
        return cluster.client();
    }
}
