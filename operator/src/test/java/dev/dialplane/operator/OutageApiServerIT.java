package dev.dialplane.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the operator does when it, or the API server, is gone for a while. */
@ExtendWith(World.class)
class OutageApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(40);

    private final World world;
    private final String namespace;

    OutageApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("outage");
    }

    @Test
    void aCallThatEndsWhileTheOperatorIsDeadIsWrittenDownAfterwards() throws Exception {
        String uid;
        try (FakeGateway gateway = attached()) {
            gateway.tell(event("dead1", 1).setAnswered(answered()).build());
            await().atMost(SOON).until(() -> gateway.acks("dead1").size() == 1);
            uid = gateway.acks("dead1").getFirst().getSessionUid();
        }
        world.operator().kill();
        world.operator().restart();

        try (FakeGateway gateway = attached()) {
            gateway.tell(event("dead1", 2).setSessionUid(uid).setEnded(ended()).build());
            gateway.tell(event("dead2", 1).setEnded(ended()).build());
            await().atMost(SOON).until(() -> gateway.acks("dead1").size() == 1);
            await().atMost(SOON).until(() -> gateway.acks("dead2").size() == 1);
        }

        assertThat(world.sessions(namespace)).hasSize(2).allSatisfy(session -> {
            assertThat(session.getStatus().phase()).isEqualTo(Phase.Completed);
            assertThat(session.getStatus().cause()).isEqualTo("CallerHungUp");
            assertThat(session.getStatus().turns()).isEqualTo(3);
        });
    }

    @Test
    void aRestartedOperatorChangesNothingThatIsAsItShouldBe() throws Exception {
        try (FakeNode node = new FakeNode(world.client(), namespace)) {
            Set<String> before;
            long version;
            try (FakeGateway gateway = attached()) {
                world.pool(namespace, "desk", "{agent: {greeting: Hello}, scaling: {mode: External, replicas: 3}}");
                await().atMost(SOON).until(() -> gateway.agents(namespace).size() == 3);
                before = uids();
                version = gateway.version();
            }
            world.operator().kill();
            world.operator().restart();

            try (FakeGateway gateway = attached()) {
                assertThat(gateway.version()).isGreaterThan(version);
                assertThat(gateway.pool(namespace, "desk"))
                        .as("the first snapshot is whole")
                        .isPresent();
                assertThat(gateway.agents(namespace)).hasSize(3);
                await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> uids().equals(before));
            }
            assertThat(node).isNotNull();
        }
    }

    @Test
    void theOperatorOutlivesTheApiServerAndCatchesUp() throws Exception {
        long operator = world.operator().pid();
        String uid;
        Set<String> before;
        try (FakeNode node = new FakeNode(world.client(), namespace);
                FakeGateway gateway = attached()) {
            world.pool(namespace, "desk", "{agent: {greeting: Hello}, scaling: {mode: External, replicas: 2}}");
            await().atMost(SOON).until(() -> gateway.agents(namespace).size() == 2);
            gateway.tell(event("out1", 1).setAnswered(answered()).build());
            await().atMost(SOON).until(() -> gateway.acks("out1").size() == 1);
            uid = gateway.acks("out1").getFirst().getSessionUid();
            before = uids();

            world.cluster().stopApi();
            gateway.tell(event("out1", 2).setSessionUid(uid).setEnded(ended()).build());
            gateway.tell(event("out2", 1).setAnswered(answered()).build());
            gateway.tell(event("out2", 2).setEnded(ended()).build());
            await("nothing is acknowledged that is not written")
                    .during(Duration.ofSeconds(8))
                    .atMost(SOON)
                    .until(() -> gateway.acks("out1").size() == 1
                            && gateway.acks("out2").isEmpty()
                            && world.operator().alive());
            assertThat(gateway.end())
                    .as("an operator that cannot renew its lease leads no more")
                    .isNotNull();
            world.cluster().startApi();
            await().atMost(SOON).until(() -> world.operator().leads());
        }
        try (FakeNode node = new FakeNode(world.client(), namespace);
                FakeGateway gateway = attached()) {
            gateway.tell(event("out1", 2).setSessionUid(uid).setEnded(ended()).build());
            gateway.tell(event("out2", 1).setAnswered(answered()).build());
            gateway.tell(event("out2", 2).setEnded(ended()).build());
            await().atMost(SOON).until(() -> gateway.acks("out1").size() == 1);
            await().atMost(SOON).until(() -> gateway.acks("out2").size() == 2);
            assertThat(world.sessions(namespace))
                    .hasSize(2)
                    .extracting(CallSession::getStatus)
                    .allSatisfy(status -> assertThat(status.phase()).isEqualTo(Phase.Completed));
            assertThat(uids()).isEqualTo(before);
            assertThat(gateway.agents(namespace)).hasSize(2);

            Pod victim = world.pods(namespace).getFirst();
            node.kill(victim);
            await("agents are replaced as before").atMost(SOON).until(() -> {
                List<Pod> pods = world.pods(namespace);
                return pods.size() == 2 && !uids().contains(victim.getMetadata().getUid());
            });
            assertThat(world.operator().pid()).isEqualTo(operator);

            long generation = world.client()
                    .resources(VoiceAgentPool.class)
                    .inNamespace(namespace)
                    .withName("desk")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"spec\": {\"runtime\": {\"image\": \"registry.example/agent:2\"}}}")
                    .getMetadata()
                    .getGeneration();
            await("a change that is made after the outage is followed, and what was before it is forgotten")
                    .during(Duration.ofSeconds(8))
                    .atMost(SOON)
                    .until(() -> world.pool(namespace, "desk").getStatus().observedGeneration() == generation
                            && world.pods(namespace).size() == 2
                            && world.pods(namespace).stream()
                                    .allMatch(pod -> pod.getSpec()
                                            .getContainers()
                                            .getFirst()
                                            .getImage()
                                            .equals("registry.example/agent:2")));
            assertThat(world.operator().alive()).isTrue();
        }
    }

    private FakeGateway attached() {
        FakeGateway gateway = world.gateway();
        await().atMost(SOON).until(() -> gateway.version() > 0);
        return gateway;
    }

    private Set<String> uids() {
        return world.pods(namespace).stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    private CallEvent.Builder event(String callId, int seq) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder().setCallId(callId).setAttempt(1))
                .setSeq(seq)
                .setTimeUnixMs(System.currentTimeMillis())
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setCarrier("twilio")
                .setAccount("AC1")
                .setCarrierCallId("CA-" + callId)
                .setParty("••••••5678");
    }

    private static Answered answered() {
        return Answered.newBuilder()
                .setPodName("desk-x7")
                .setPodUid("uid-x7")
                .setRequestTimeUnixMs(1)
                .setReserveTimeUnixMs(2)
                .setAnswerTimeUnixMs(System.currentTimeMillis())
                .build();
    }

    private static Ended ended() {
        return Ended.newBuilder()
                .setCause(Cause.CAUSE_CALLER_HUNG_UP)
                .setAnswered(answered())
                .setTurns(3)
                .setEndTimeUnixMs(System.currentTimeMillis())
                .build();
    }
}
