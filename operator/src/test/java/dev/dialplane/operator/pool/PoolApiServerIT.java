package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import dev.dialplane.crds.Condition;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Agents;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Sizing;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of pools, on a real API server, with a gateway over real gRPC. */
@ExtendWith(World.class)
class PoolApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String EXTERNAL = "{agent: {greeting: Hello}, scaling: {mode: External, replicas: %d}}";

    private final World world;
    private String namespace = "";
    private FakeNode node;
    private FakeGateway gateway;

    PoolApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("pools");
        this.node = new FakeNode(world.client(), namespace);
        this.gateway = world.gateway();
    }

    @BeforeEach
    void attached() {
        await().atMost(SOON).until(() -> gateway.version() > 0);
    }

    @AfterEach
    void close() {
        gateway.close();
        node.close();
        world.client().resources(VoiceAgentPool.class).inNamespace(namespace).delete();
    }

    @Test
    void aPoolBecomesProtectedPodsAndIsReadyOnceTheyAreIdle() {
        world.pool(namespace, "receptionist", "{agent: {greeting: Hello}, call: {maxDuration: 10m}}");

        await().atMost(SOON).until(() -> holds("receptionist", "Ready"));

        List<Pod> pods = world.pods(namespace);
        assertThat(pods).hasSize(2);
        Pod pod = pods.getFirst();
        VoiceAgentPool pool = world.pool(namespace, "receptionist");
        assertThat(pod.getMetadata().getOwnerReferences().getFirst().getUid())
                .isEqualTo(pool.getMetadata().getUid());
        assertThat(pod.getMetadata().getLabels())
                .containsEntry(Labels.POOL, "receptionist")
                .containsKey(Labels.REVISION);
        assertThat(pod.getMetadata().getAnnotations())
                .containsEntry("cluster-autoscaler.kubernetes.io/safe-to-evict", "false")
                .containsEntry("karpenter.sh/do-not-disrupt", "true");
        assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(pod.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(600);
        var container = pod.getSpec().getContainers().getFirst();
        assertThat(container.getResources().getLimits().get("memory"))
                .isEqualTo(container.getResources().getRequests().get("memory"));
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(agents("receptionist").idle()).isEqualTo(2);
        assertThat(pool.getStatus().replicas()).isEqualTo(2);
        assertThat(sizing("receptionist").rule()).isEqualTo("Minimum");
        assertThat(gateway.pool(namespace, "receptionist").orElseThrow().getMaxDurationMs())
                .isEqualTo(600_000);

        PodDisruptionBudget budget = world.client()
                .policy()
                .v1()
                .podDisruptionBudget()
                .inNamespace(namespace)
                .withName("receptionist")
                .get();
        assertThat(budget.getSpec()
                        .getSelector()
                        .getMatchExpressions()
                        .getFirst()
                        .getKey())
                .isEqualTo(Labels.EVICTABLE);
        world.client().resource(budget).delete();
        await("the budget comes back")
                .atMost(SOON)
                .until(() -> world.client()
                                .policy()
                                .v1()
                                .podDisruptionBudget()
                                .inNamespace(namespace)
                                .withName("receptionist")
                                .get()
                        != null);
    }

    @Test
    void whatThisClusterDoesNotAllowMakesNoPodAndTheOnesThatAreThereStay() {
        world.pool(namespace, "desk", EXTERNAL.formatted(2));
        await().atMost(SOON).until(() -> idle("desk") == 2);
        List<String> before = world.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getUid())
                .toList();

        patch("desk", "{\"spec\":{\"runtime\":{\"priorityClassName\":\"system-node-critical\"}}}");

        await().atMost(SOON).until(() -> holds("desk", "Degraded"));
        Condition degraded = condition("desk", "Degraded");
        assertThat(degraded.reason()).isEqualTo("RuntimeNotAllowed");
        assertThat(degraded.message()).contains("spec.runtime.priorityClassName 'system-node-critical'");
        assertThat(world.pool(namespace, "desk").getStatus().rollout())
                .satisfies(rollout -> assertThat(rollout)
                        .isNotNull()
                        .extracting(VoiceAgentPoolStatus.RolloutStatus::pausedReason)
                        .isNull());
        node.kill(world.pods(namespace).getFirst());
        // The dead one's place is taken by one like the other, not by what is not allowed.
        await().atMost(SOON)
                .until(() -> idle("desk") == 2
                        && world.pods(namespace).stream()
                                .anyMatch(pod ->
                                        !before.contains(pod.getMetadata().getUid())));
        assertThat(world.pods(namespace))
                .allSatisfy(
                        pod -> assertThat(pod.getSpec().getPriorityClassName()).isNotEqualTo("system-node-critical"));

        patch("desk", "{\"spec\":{\"runtime\":{\"priorityClassName\":\"\"}}}");

        await().atMost(SOON).until(() -> !holds("desk", "Degraded"));
    }

    @Test
    void anAgentThatDiesIsReplacedAtOnce() {
        world.pool(namespace, "receptionist", "{agent: {greeting: Hello}}");
        await().atMost(SOON).until(() -> holds("receptionist", "Ready"));
        Pod victim = world.pods(namespace).getFirst();

        long killed = System.nanoTime();
        node.kill(victim);

        await().atMost(Duration.ofSeconds(5)).until(() -> {
            List<Pod> pods = world.pods(namespace);
            return pods.size() == 2
                    && pods.stream()
                            .noneMatch(pod -> pod.getMetadata()
                                    .getUid()
                                    .equals(victim.getMetadata().getUid()))
                    && pods.stream()
                            .allMatch(pod -> "Running".equals(pod.getStatus().getPhase()));
        });
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(5));
        await().atMost(SOON)
                .until(() -> world.client().events().v1().events().inNamespace(namespace).list().getItems().stream()
                        .anyMatch(event -> "AgentEnded".equals(event.getReason())
                                && event.getNote().contains("exit code 137")));
    }

    @Test
    void surplusAgentsLeaveOnceTheyAgreeAndBusyOnesStay() {
        world.pool(namespace, "desk", EXTERNAL.formatted(4));
        await().atMost(SOON).until(() -> idle("desk") == 4);
        String busy = gateway.agents(namespace).getFirst().getPodUid();
        gateway.tell(busy, Phase.PHASE_ACTIVE);
        await().atMost(SOON).until(() -> agents("desk").busy() == 1);

        scale("desk", 0);

        await().atMost(SOON).until(() -> world.pods(namespace).size() == 1);
        assertThat(world.pods(namespace).getFirst().getMetadata().getUid()).isEqualTo(busy);
        assertThat(gateway.orders())
                .noneMatch(order ->
                        order.hasRetire() && order.getRetire().getPodUid().equals(busy));

        gateway.tell(busy, Phase.PHASE_IDLE);
        await().atMost(SOON).until(() -> world.pods(namespace).isEmpty());
    }

    @Test
    void neverMorePodsThanWantedHoweverLateTheCacheIs() {
        node.startNoMore();
        world.pool(namespace, "big", EXTERNAL.formatted(60));
        Set<String> seen = new HashSet<>();
        await().atMost(SOON).pollInterval(Duration.ofMillis(50)).until(() -> {
            world.pods(namespace).forEach(pod -> seen.add(pod.getMetadata().getUid()));
            return seen.size() >= 60;
        });
        await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> {
            world.pods(namespace).forEach(pod -> seen.add(pod.getMetadata().getUid()));
            return seen.size() == 60;
        });
    }

    @Test
    void aNewRevisionReplacesIdleAgentsAndLetsBusyOnesFinish() {
        world.pool(namespace, "desk", EXTERNAL.formatted(4));
        await().atMost(SOON).until(() -> idle("desk") == 4);
        String busy = gateway.agents(namespace).getFirst().getPodUid();
        gateway.tell(busy, Phase.PHASE_ACTIVE);
        String before = gateway.pool(namespace, "desk").orElseThrow().getRevision();

        patch("desk", "{\"spec\":{\"runtime\":{\"image\":\"dialplane/agent-runtime:2\"}}}");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> revisions().stream()
                                        .filter(revision -> revision.equals(before))
                                        .count()
                                == 1
                        && revisions().size() >= 4);
        assertThat(world.pods(namespace))
                .anyMatch(pod -> pod.getMetadata().getUid().equals(busy));
        await().atMost(SOON).until(() -> holds("desk", "Ready"));

        gateway.tell(busy, Phase.PHASE_IDLE);
        await().atMost(SOON)
                .until(() -> !revisions().contains(before) && revisions().size() == 4);
        await().atMost(SOON).until(() -> agents("desk").outdated() == 0);
    }

    @Test
    void aNewAgentSpecRestartsNothing() {
        world.pool(namespace, "desk", EXTERNAL.formatted(1));
        await().atMost(SOON).until(() -> idle("desk") == 1);
        var before = gateway.pool(namespace, "desk").orElseThrow();
        String pod = world.pods(namespace).getFirst().getMetadata().getUid();

        patch("desk", "{\"spec\":{\"agent\":{\"greeting\":\"Good evening\"}}}");

        await().atMost(SOON)
                .until(() -> !gateway.pool(namespace, "desk")
                        .orElseThrow()
                        .getSpecHash()
                        .equals(before.getSpecHash()));
        var after = gateway.pool(namespace, "desk").orElseThrow();
        assertThat(after.getSpec().getGreeting()).isEqualTo("Good evening");
        assertThat(after.getRevision()).isEqualTo(before.getRevision());
        assertThat(world.pods(namespace))
                .extracting(found -> found.getMetadata().getUid())
                .containsExactly(pod);
    }

    @Test
    void callsThatComeMakeThePoolGrow() {
        world.pool(namespace, "desk", "{agent: {greeting: Hello}, scaling: {min: 1, max: 30}}");
        await().atMost(SOON).until(() -> idle("desk") == 1);
        gateway.tell(demand("desk", 0, 0));

        gateway.tell(demand("desk", 10, 10));

        await().atMost(SOON).until(() -> world.pods(namespace).size() >= 12);
        await().atMost(SOON).until(() -> sizing("desk").target() >= 12);
        assertThat(sizing("desk").rule()).isIn("ErlangB", "Arrivals");
    }

    @Test
    void podsThatNeverStartAreNotMadeByTheHundreds() {
        node.crash(true);
        world.pool(namespace, "broken", EXTERNAL.formatted(1));

        await().atMost(Duration.ofSeconds(30)).until(() -> holds("broken", "Degraded"));

        Condition degraded = condition("broken", "Degraded");
        assertThat(degraded.reason()).isEqualTo("AgentsFail");
        assertThat(degraded.message()).contains("exit code 1");
        assertThat(world.client().events().v1().events().inNamespace(namespace).list().getItems().stream()
                        .filter(event -> "AgentEnded".equals(event.getReason())))
                .hasSizeLessThan(10);

        node.crash(false);
        await().atMost(Duration.ofSeconds(40)).until(() -> !holds("broken", "Degraded"));
    }

    @Test
    void whatIsWrongWithAPoolIsSaidWithTheFix() {
        world.pool(namespace, "unknown-model", """
                {agent: {pipeline: {speechToText: {provider: local, model: nothing},
                                    languageModel: {provider: local, model: answers},
                                    textToSpeech: {provider: local, model: piper-joe}}}}""");
        world.pool(namespace, "unknown-placeholder", "{agent: {greeting: \"This is {name}.\"}}");

        await().atMost(SOON).until(() -> holds("unknown-model", "Degraded"));
        await().atMost(SOON).until(() -> holds("unknown-placeholder", "Degraded"));

        assertThat(condition("unknown-model", "Degraded").reason()).isEqualTo("UnknownModel");
        assertThat(condition("unknown-model", "Degraded").message())
                .contains("spec.agent.pipeline.speechToText", "local/moonshine-tiny");
        assertThat(condition("unknown-placeholder", "Degraded").reason()).isEqualTo("InvalidAnswer");
        assertThat(condition("unknown-placeholder", "Degraded").message()).contains("spec.agent.greeting: {name}");

        patch("unknown-placeholder", "{\"spec\":{\"agent\":{\"greeting\":\"This is City Dental.\"}}}");
        await().atMost(SOON).until(() -> !holds("unknown-placeholder", "Degraded"));
    }

    @Test
    void aPoolWhoseRecordingsCannotBeKeptIsDegradedAndTakesCallsAllTheSame() {
        world.pool(namespace, "recorded", """
                {agent: {greeting: Hello}, scaling: {mode: External, replicas: 1},
                 compliance: {residency: [in-west], recording: {mode: WithConsent}}}""");
        await().atMost(SOON).until(() -> idle("recorded") == 1);
        assertThat(holds("recorded", "Degraded"))
                .as("no gateway tells of recordings")
                .isFalse();

        try (FakeGateway nowhere = world.gateway(RecordingPlace.getDefaultInstance())) {
            await().atMost(SOON).until(() -> nowhere.version() > 0 && holds("recorded", "Degraded"));
            assertThat(condition("recorded", "Degraded").reason()).isEqualTo("RecordingImpossible");
            assertThat(condition("recorded", "Degraded").message())
                    .contains("1 of 1 gateways have nowhere to keep recordings", "recordings.directory");
            assertThat(holds("recorded", "Ready")).isTrue();
        }
        await().atMost(SOON).until(() -> !holds("recorded", "Degraded"));

        try (FakeGateway east = world.gateway(keptIn("in-east"));
                FakeGateway west = world.gateway(keptIn("in-west"))) {
            await().atMost(SOON).until(() -> east.version() > 0 && west.version() > 0);
            await().atMost(SOON)
                    .until(() -> condition("recorded", "Degraded")
                            .message()
                            .contains("1 of 2 gateways keep recordings in in-east, and spec.compliance.residency"
                                    + " allows in-west"));
        }
    }

    private static RecordingPlace keptIn(String region) {
        return RecordingPlace.newBuilder().setKept(true).setRegion(region).build();
    }

    @Test
    void aDeletedPoolIsForgottenByGateways() {
        world.pool(namespace, "short", EXTERNAL.formatted(1));
        await().atMost(SOON).until(() -> gateway.pool(namespace, "short").isPresent());
        world.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName("short")
                .delete();
        await().atMost(SOON).until(() -> gateway.pool(namespace, "short").isEmpty());
    }

    @Test
    void anAgentThatIsNotReadyForAMomentIsNeitherReplacedNorForgotten() {
        world.pool(namespace, "desk", EXTERNAL.formatted(1));
        await().atMost(SOON).until(() -> idle("desk") == 1);
        Pod pod = world.pods(namespace).getFirst();
        gateway.tell(pod.getMetadata().getUid(), Phase.PHASE_ACTIVE);

        node.ready(pod, false);

        await().during(Duration.ofSeconds(2))
                .atMost(SOON)
                .until(() -> gateway.agents(namespace).size() == 1
                        && world.pods(namespace).size() == 1
                        && world.pods(namespace)
                                .getFirst()
                                .getMetadata()
                                .getUid()
                                .equals(pod.getMetadata().getUid()));
    }

    @Test
    void podsThatNoNodeTakesAreToldOfAndNeededNobodyOnceOneDoes() {
        node.startNoMore();
        world.pool(namespace, "big", EXTERNAL.formatted(2));
        await().atMost(SOON).until(() -> world.pods(namespace).size() == 2);
        List<Pod> pods = world.pods(namespace);
        pods.forEach(node::unschedulable);

        await().atMost(SOON).until(() -> holds("big", "Degraded"));
        assertThat(condition("big", "Degraded").reason()).isEqualTo("Unschedulable");
        assertThat(condition("big", "Degraded").message()).contains("Insufficient memory", "spec.runtime");

        pods.forEach(pod -> node.ready(pod, true));
        await().atMost(SOON).until(() -> !holds("big", "Degraded") && idle("big") == 2);
        assertThat(world.pods(namespace))
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactlyInAnyOrderElementsOf(
                        pods.stream().map(pod -> pod.getMetadata().getUid()).toList());
    }

    @Test
    void anAgentWhoseGatewayDoesNotAnswerIsAskedAgainThroughAnother() {
        world.pool(namespace, "desk", EXTERNAL.formatted(1));
        await().atMost(SOON).until(() -> idle("desk") == 1);
        gateway.answerNoMore();
        scale("desk", 0);
        await().atMost(SOON).until(() -> gateway.orders().stream().anyMatch(order -> order.hasRetire()));

        try (FakeGateway another = world.gateway()) {
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> world.pods(namespace).isEmpty());
            assertThat(another.orders()).anyMatch(order -> order.hasRetire());
        }
    }

    @Test
    void anAgentThatHasServedItsCallsIsReplaced() {
        world.pool(namespace, "desk", """
                {agent: {greeting: Hello}, recycle: {mode: Fresh}, scaling: {mode: External, replicas: 2}}""");
        await().atMost(SOON).until(() -> idle("desk") == 2);
        String used = gateway.agents(namespace).getFirst().getPodUid();

        gateway.tell(used, Phase.PHASE_ACTIVE, 0);
        gateway.tell(used, Phase.PHASE_IDLE, 1);

        await().atMost(SOON)
                .until(() -> world.pods(namespace).size() == 2
                        && world.pods(namespace).stream()
                                .noneMatch(pod -> pod.getMetadata().getUid().equals(used)));
    }

    @Test
    void aPausedPoolKeepsItsAgentsAndGatewaysAreTold() {
        world.pool(namespace, "desk", EXTERNAL.formatted(2));
        await().atMost(SOON).until(() -> idle("desk") == 2);
        List<String> before = world.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getUid())
                .toList();

        patch("desk", "{\"spec\":{\"paused\":true}}");
        await().atMost(SOON)
                .until(() -> gateway.pool(namespace, "desk").orElseThrow().getPaused());
        patch("desk", "{\"spec\":{\"paused\":false}}");
        await().atMost(SOON)
                .until(() -> !gateway.pool(namespace, "desk").orElseThrow().getPaused());

        assertThat(world.pods(namespace))
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactlyInAnyOrderElementsOf(before);
    }

    private Demand demand(String pool, int arrivals, int active) {
        return Demand.newBuilder()
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName(pool))
                .setArrivals(arrivals)
                .setActive(active)
                .build();
    }

    private List<String> revisions() {
        return world.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getLabels().get(Labels.REVISION))
                .toList();
    }

    private int idle(String pool) {
        var status = world.pool(namespace, pool).getStatus();
        return status == null || status.agents() == null ? -1 : status.agents().idle();
    }

    private Agents agents(String pool) {
        return Objects.requireNonNull(world.pool(namespace, pool).getStatus().agents());
    }

    private Sizing sizing(String pool) {
        return Objects.requireNonNull(world.pool(namespace, pool).getStatus().sizing());
    }

    private Condition condition(String pool, String type) {
        return world.pool(namespace, pool).getStatus().conditions().stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    private boolean holds(String pool, String type) {
        var status = world.pool(namespace, pool).getStatus();
        return status != null
                && status.conditions().stream()
                        .anyMatch(condition ->
                                condition.type().equals(type) && condition.status() == Condition.Status.True);
    }

    private void scale(String pool, int replicas) {
        world.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName(pool)
                .scale(replicas);
    }

    private void patch(String pool, String patch) {
        world.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName(pool)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }
}
