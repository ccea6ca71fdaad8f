package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.crds.Condition;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryPhase;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a new revision takes over from an older one, and does not when it is no good. */
@ExtendWith(World.class)
class RolloutApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SECOND = "dialplane/agent-runtime:2";
    private static final String THIRD = "dialplane/agent-runtime:3";
    private static final String POOL = """
            {agent: {greeting: Hello}, scaling: {mode: External, replicas: %d},
             rollout: {maxSurge: 1, maxUnavailable: 0, pauseAfterFailures: 3}}""";

    private final World world;
    private final String namespace;
    private final FakeNode node;
    private FakeGateway gateway;

    RolloutApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("rollouts");
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
    void aBrokenImagePausesItsRolloutAndTheOldAgentsGoOnAnswering() throws Exception {
        world.pool(namespace, "desk", POOL.formatted(4));
        await().atMost(SOON).until(() -> idle() == 4);
        Set<String> first = uids();
        String before = revision();
        node.crashImage(SECOND);

        image(SECOND);
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            assertThat(world.pods(namespace)).hasSizeLessThanOrEqualTo(5);
            return degraded()
                    .filter(found -> found.reason().equals("RolloutPaused"))
                    .isPresent();
        });

        assertThat(degraded().orElseThrow().message()).contains("3 failures in a row", "exit code 1");
        assertThat(pausedReason()).contains("exit code 1", "spec.runtime");
        assertThat(uids()).containsAll(first);

        await("a restarted operator leaves it paused").atMost(SOON).until(() -> idle() == 4);
        gateway.close();
        world.operator().kill();
        world.operator().restart();
        gateway = world.gateway();
        await().atMost(SOON).until(() -> gateway.agents(namespace).size() == 4);
        Set<String> seen = new HashSet<>();
        await().during(Duration.ofSeconds(4)).atMost(SOON).until(() -> {
            seen.addAll(uids());
            return seen.equals(first);
        });

        scale(6);
        await("more calls get more agents, of the revision that works")
                .atMost(SOON)
                .until(() -> idle() == 6);
        assertThat(world.pods(namespace))
                .hasSize(6)
                .allMatch(pod -> before.equals(pod.getMetadata().getLabels().get(Labels.REVISION)));

        image("dialplane/agent-runtime");
        await("the change is taken back")
                .atMost(SOON)
                .until(() -> degraded().isEmpty() && pausedReason().isEmpty());
        assertThat(uids()).containsAll(first).hasSize(6);

        node.crashImage("");
        image(SECOND);
        await("what works now is rolled out")
                .atMost(Duration.ofSeconds(40))
                .until(() -> idle() == 6
                        && world.pods(namespace).stream()
                                .noneMatch(pod -> before.equals(
                                        pod.getMetadata().getLabels().get(Labels.REVISION))));
    }

    @Test
    void newAgentsThatFailTheirCallsPauseTheRollout() {
        world.pool(namespace, "desk", POOL.formatted(2));
        await().atMost(SOON).until(() -> idle() == 2);
        Set<String> first = uids();
        first.forEach(uid -> gateway.tell(uid, Phase.PHASE_ACTIVE));
        await().atMost(SOON).until(() -> busy() == 2);

        image(SECOND);
        await().atMost(SOON)
                .until(() -> uids().size() == 3 && gateway.agents(namespace).size() == 3);
        String fresh =
                uids().stream().filter(uid -> !first.contains(uid)).findFirst().orElseThrow();
        for (int call = 1; call <= 3; call++) {
            assertThat(degraded()).isEmpty();
            gateway.tell(ended("bad" + call, fresh, Cause.CAUSE_AGENT_LOST));
            gateway.tell(ended("bad" + call, fresh, Cause.CAUSE_AGENT_LOST));
        }

        await().atMost(SOON)
                .until(() -> degraded()
                        .filter(found -> found.message().contains("AgentLost"))
                        .isPresent());
        gateway.tell(first.iterator().next(), Phase.PHASE_IDLE);
        await("the new agent leaves, the older ones stay").atMost(SOON).until(() -> uids().equals(first));
    }

    @Test
    void aRolloutEndsThoughEveryAgentIsAlwaysInACall() {
        world.pool(namespace, "desk", POOL.formatted(3));
        await().atMost(SOON).until(() -> idle() == 3);
        String before = revision();
        uids().forEach(uid -> gateway.tell(uid, Phase.PHASE_ACTIVE));
        await().atMost(SOON).until(() -> busy() == 3);
        image(SECOND);

        Set<String> talking = new HashSet<>(uids());
        for (int replaced = 1; replaced <= 3; replaced++) {
            await("a new agent comes, though all talk")
                    .atMost(SOON)
                    .until(() -> gateway.agents(namespace).size() == 4);
            String fresh = uids().stream()
                    .filter(uid -> !talking.contains(uid))
                    .findFirst()
                    .orElseThrow();
            gateway.tell(fresh, Phase.PHASE_ACTIVE);
            talking.add(fresh);
            Pod over = world.pods(namespace).stream()
                    .filter(pod -> before.equals(pod.getMetadata().getLabels().get(Labels.REVISION)))
                    .findFirst()
                    .orElseThrow();
            gateway.tell(over.getMetadata().getUid(), Phase.PHASE_IDLE);
            await("who has ended its call leaves")
                    .atMost(SOON)
                    .until(() -> !uids().contains(over.getMetadata().getUid()));
            assertThat(uids()).as("never fewer than asked for").hasSizeGreaterThanOrEqualTo(3);
        }
        await().atMost(SOON)
                .until(() -> world.pods(namespace).size() == 3
                        && world.pods(namespace).stream()
                                .noneMatch(pod -> before.equals(
                                        pod.getMetadata().getLabels().get(Labels.REVISION))));
        await().atMost(SOON).until(() -> updated() == 3);
        assertThat(gateway.orders()).filteredOn(order -> order.hasRetire()).hasSize(3);
    }

    @Test
    void aBadCanaryIsTakenBackAndAGoodOneTakesOver() throws Exception {
        world.pool(namespace, "desk", """
                {agent: {greeting: Hello}, scaling: {mode: External, replicas: 5},
                 rollout: {maxSurge: 1, maxUnavailable: 0, pauseAfterFailures: 100,
                           canary: {share: 20%, duration: 1s, minCalls: 4, shortCall: 5s}}}""");
        await().atMost(SOON).until(() -> idle() == 5);
        Set<String> first = uids();

        image(SECOND);
        String canary = canary(first);
        await("and stays at that").during(Duration.ofSeconds(2)).atMost(SOON).until(() -> uids().size() == 5);
        assertThat(phase()).isEqualTo(CanaryPhase.Running);
        List<String> older = uids().stream().filter(first::contains).toList();
        for (int call = 0; call < 40; call++) {
            gateway.tell(ended("fine" + call, older.get(call % older.size()), Duration.ofMinutes(1)));
        }
        gateway.tell(ended("short", canary, Duration.ofSeconds(3)));
        gateway.tell(ended("declined", older.getFirst(), Duration.ofMinutes(1), canary));
        gateway.tell(refused("nobody", canary));

        await("it is taken back")
                .atMost(SOON)
                .until(() -> degraded()
                        .filter(found -> found.reason().equals("CanaryTakenBack"))
                        .isPresent());
        assertThat(degraded().orElseThrow().message()).contains("3 of 3", "0 of 41");
        await("an older one takes its place")
                .atMost(SOON)
                .until(() -> !uids().contains(canary) && uids().containsAll(older) && idle() == 5);
        await().atMost(SOON).until(() -> updated() == 0);

        gateway.close();
        world.operator().kill();
        world.operator().restart();
        gateway = world.gateway();
        Set<String> settled = uids();
        await("a restarted operator knows")
                .during(Duration.ofSeconds(4))
                .atMost(SOON)
                .until(() -> uids().equals(settled) && phase() == CanaryPhase.TakenBack);

        image(THIRD);
        await().atMost(SOON)
                .until(() -> phase() == CanaryPhase.Running && degraded().isEmpty());
        String next = canary(settled);
        for (int call = 0; call < 4; call++) {
            gateway.tell(ended("good" + call, next, Duration.ofMinutes(1)));
        }
        await("a good one takes over")
                .atMost(Duration.ofSeconds(40))
                .until(() -> phase() == CanaryPhase.Promoted
                        && updated() == 5
                        && uids().size() == 5
                        && uids().stream().noneMatch(settled::contains));
    }

    /** The one agent that is new. */
    private String canary(Set<String> before) {
        await().atMost(SOON)
                .until(() -> gateway.agents(namespace).size() == 5
                        && uids().stream().filter(uid -> !before.contains(uid)).count() == 1
                        && updated() == 1
                        && idle() == 5);
        return uids().stream().filter(uid -> !before.contains(uid)).findFirst().orElseThrow();
    }

    private @Nullable CanaryPhase phase() {
        var rollout = world.pool(namespace, "desk").getStatus().rollout();
        return rollout == null || rollout.canary() == null
                ? null
                : rollout.canary().phase();
    }

    private CallEvent refused(String callId, String declinedBy) {
        CallEvent.Builder event = ended(callId, "", Cause.CAUSE_NO_AGENT).toBuilder();
        return event.setRefused(
                        Refused.newBuilder().setCause(Cause.CAUSE_NO_AGENT).addDeclinedBy(declinedBy))
                .build();
    }

    private CallEvent ended(String callId, String podUid, Duration talked, String... declinedBy) {
        CallEvent.Builder event = ended(callId, podUid, Cause.CAUSE_CALLER_HUNG_UP).toBuilder();
        event.getEndedBuilder()
                .getAnsweredBuilder()
                .setAnswerTimeUnixMs(event.getEnded().getEndTimeUnixMs() - talked.toMillis())
                .addAllDeclinedBy(List.of(declinedBy));
        return event.build();
    }

    private CallEvent ended(String callId, String podUid, Cause cause) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder()
                        .setCallId(namespace.replace("-", "") + callId)
                        .setAttempt(1))
                .setSeq(1)
                .setTimeUnixMs(Instant.now().toEpochMilli())
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setDirection(Direction.DIRECTION_INBOUND)
                .setCarrier("twilio")
                .setAccount("AC1")
                .setCarrierCallId(namespace.replace("-", "") + callId)
                .setEnded(Ended.newBuilder()
                        .setCause(cause)
                        .setAnswered(Answered.newBuilder().setPodName("p").setPodUid(podUid))
                        .setEndTimeUnixMs(Instant.now().toEpochMilli()))
                .build();
    }

    private Optional<Condition> degraded() {
        return world.pool(namespace, "desk").getStatus().conditions().stream()
                .filter(condition -> condition.type().equals("Degraded") && condition.status() == Condition.Status.True)
                .findFirst();
    }

    private String pausedReason() {
        var rollout = world.pool(namespace, "desk").getStatus().rollout();
        return rollout == null || rollout.pausedReason() == null ? "" : rollout.pausedReason();
    }

    private String revision() {
        return gateway.pool(namespace, "desk").orElseThrow().getRevision();
    }

    private Set<String> uids() {
        Set<String> uids = new HashSet<>();
        List<Pod> pods = world.pods(namespace);
        pods.forEach(pod -> uids.add(pod.getMetadata().getUid()));
        return uids;
    }

    private int busy() {
        var status = world.pool(namespace, "desk").getStatus();
        return status == null || status.agents() == null ? -1 : status.agents().busy();
    }

    private int updated() {
        var rollout = world.pool(namespace, "desk").getStatus().rollout();
        return rollout == null ? -1 : rollout.updated();
    }

    private int idle() {
        var status = world.pool(namespace, "desk").getStatus();
        return status == null || status.agents() == null ? -1 : status.agents().idle();
    }

    private void scale(int replicas) {
        world.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName("desk")
                .scale(replicas);
    }

    private void image(String image) {
        world.client()
                .resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName("desk")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"runtime\":{\"image\":\"%s\"}}}".formatted(image));
    }
}
