package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.LiveCall;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.World;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is written down of calls, on a real API server, from a gateway over real gRPC. */
@ExtendWith(World.class)
class SessionApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final World world;
    private final String namespace;
    private FakeGateway gateway;

    SessionApiServerIT(World world) {
        this.world = world;
        this.namespace = world.namespace("calls");
        this.gateway = world.gateway();
    }

    @BeforeEach
    void attached() {
        await().atMost(SOON).until(() -> gateway.version() > 0);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aCallIsWrittenDownInThreeWritesAndAcknowledgedAfterEach() {
        double before = writes();

        gateway.tell(event("call1", "CA1", "").setAnswered(answered()).build());
        await().atMost(SOON).until(() -> gateway.acks("call1").size() == 1);
        var ack = gateway.acks("call1").getFirst();
        CallSession active = session(ack.getSessionName());
        assertThat(active.getMetadata().getUid()).isEqualTo(ack.getSessionUid());
        assertThat(active.getMetadata().getName()).matches("in-[a-z2-7]{16}");
        assertThat(active.getSpec().callId()).isEqualTo("CA1");
        assertThat(active.getStatus().phase()).isEqualTo(Phase.Active);
        assertThat(active.getStatus().party()).isEqualTo("••••••5678");

        gateway.tell(event("call1", "CA1", ack.getSessionUid())
                .setSeq(2)
                .setEnded(ended())
                .build());
        await().atMost(SOON).until(() -> gateway.acks("call1").size() == 2);
        CallSession over = session(ack.getSessionName());
        assertThat(over.getStatus().phase()).isEqualTo(Phase.Completed);
        assertThat(over.getStatus().cause()).isEqualTo("CallerHungUp");
        assertThat(over.getStatus().turns()).isEqualTo(5);
        assertThat(writes() - before).isEqualTo(3);
    }

    @Test
    void aSecondReportFindsTheFirstAndWritesNothing() {
        CallEvent answered = event("call2", "CA2", "").setAnswered(answered()).build();
        gateway.tell(answered);
        await().atMost(SOON).until(() -> gateway.acks("call2").size() == 1);
        double before = writes();

        gateway.tell(answered);
        gateway.tell(answered);

        await().atMost(SOON).until(() -> gateway.acks("call2").size() == 3);
        assertThat(world.sessions(namespace)).hasSize(1);
        assertThat(writes() - before).isZero();
        assertThat(gateway.acks("call2"))
                .extracting(ack -> ack.getSessionUid())
                .containsOnly(world.sessions(namespace).getFirst().getMetadata().getUid());
    }

    @Test
    void theEndAloneMakesAWholeSession() {
        gateway.tell(event("call3", "CA3", "").setEnded(ended()).build());
        await().atMost(SOON).until(() -> gateway.acks("call3").size() == 1);
        CallSession session = world.sessions(namespace).getFirst();
        assertThat(session.getStatus().phase()).isEqualTo(Phase.Completed);
        assertThat(session.getStatus().answerTime()).isNotNull();
        assertThat(session.getStatus().agent()).isNotNull();
    }

    @Test
    void aRefusedCallIsWrittenDownWithItsCause() {
        gateway.tell(event("call4", "CA4", "")
                .setRefused(Refused.newBuilder().setCause(Cause.CAUSE_ABANDONED).setRequestTimeUnixMs(1))
                .build());
        await().atMost(SOON).until(() -> gateway.acks("call4").size() == 1);
        CallSession session = world.sessions(namespace).getFirst();
        assertThat(session.getStatus().phase()).isEqualTo(Phase.Refused);
        assertThat(session.getStatus().cause()).isEqualTo("Abandoned");
    }

    @Test
    void hangUpEndsTheCall() {
        CallSession session = answer("call5", "CA5");

        world.client().resource(session).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"hangUp\":true}}");

        await().atMost(SOON).until(() -> hungUp("call5"));
        assertThat(gateway.orders().stream()
                        .filter(order -> order.hasHangUp())
                        .findFirst()
                        .orElseThrow()
                        .getHangUp()
                        .getPolite())
                .isTrue();
    }

    @Test
    void deletingASessionEndsTheCall() {
        CallSession session = answer("call6", "CA6");

        world.client().resource(session).delete();

        await().atMost(SOON).until(() -> hungUp("call6"));
    }

    @Test
    void anEventOfADeletedSessionEndsTheCallAndBringsNothingBack() {
        CallSession session = answer("call7", "CA7");
        world.client().resource(session).delete();
        await().atMost(SOON).until(() -> hungUp("call7"));

        gateway.tell(event("call7", "CA7", session.getMetadata().getUid())
                .setSeq(2)
                .setEnded(ended())
                .build());

        await().atMost(SOON).until(() -> gateway.acks("call7").size() == 2);
        assertThat(gateway.acks("call7").getLast().getSessionUid()).isEmpty();
        assertThat(world.sessions(namespace)).isEmpty();
    }

    @Test
    void aSessionDeletedWhileNobodyWasAttachedEndsTheCallOnceSomebodyIs() {
        CallSession session = answer("call8", "CA8");
        gateway.close();
        world.client().resource(session).delete();

        try (FakeGateway back = world.gateway(LiveCall.newBuilder()
                .setFence(Fence.newBuilder().setCallId("call8").setAttempt(1))
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("receptionist"))
                .setSessionUid(session.getMetadata().getUid())
                .setSessionName(session.getMetadata().getName())
                .build())) {
            await().atMost(SOON)
                    .until(() -> back.orders().stream()
                            .anyMatch(order -> order.hasHangUp()
                                    && order.getHangUp().getCallId().equals("call8")));
        }
    }

    @Test
    void aPersonsInboundSessionFails() {
        CallSession session = apply("""
                metadata: {name: by-hand, namespace: %s}
                spec: {poolRef: {name: receptionist}, direction: Inbound, carrier: twilio, callId: CA9}
                """);
        await().atMost(SOON).until(() -> phase(session) == Phase.Failed);
        assertThat(session("by-hand").getStatus().cause()).isEqualTo("NotByHand");
        assertThat(session("by-hand").getStatus().conditions().getFirst().message())
                .contains("Outbound");
    }

    @Test
    void anOutboundSessionFailsAsLongAsNoGatewayPlacesCalls() {
        CallSession session = apply("""
                metadata: {name: reminder, namespace: %s}
                spec: {poolRef: {name: receptionist}, from: "+918000000001", to: "+919812345678", purpose: Service,
                       notAfter: "2030-01-01T00:00:00Z"}
                """);
        await().atMost(SOON).until(() -> phase(session) == Phase.Failed);
        assertThat(session("reminder").getStatus().cause()).isEqualTo("OutboundNotConfigured");
    }

    @Test
    void anEndedSessionGoesWhenItsTimeIsOver() {
        apply("""
                metadata: {name: reminder, namespace: %s}
                spec: {poolRef: {name: receptionist}, from: "+918000000001", to: "+919812345678", purpose: Service,
                       notAfter: "2030-01-01T00:00:00Z", ttlAfterEnd: 3s}
                """);
        Instant applied = Instant.now();
        await().atMost(SOON)
                .until(() -> world.sessions(namespace).stream().allMatch(session -> phase(session) == Phase.Failed));
        await().atMost(SOON).until(() -> world.sessions(namespace).isEmpty());
        assertThat(Duration.between(applied, Instant.now())).isGreaterThan(Duration.ofMillis(1900));
    }

    private CallSession answer(String callId, String carrierCallId) {
        gateway.tell(event(callId, carrierCallId, "").setAnswered(answered()).build());
        await().atMost(SOON).until(() -> gateway.acks(callId).size() == 1);
        return session(gateway.acks(callId).getFirst().getSessionName());
    }

    private boolean hungUp(String callId) {
        return gateway.orders().stream()
                .anyMatch(order ->
                        order.hasHangUp() && order.getHangUp().getCallId().equals(callId));
    }

    private CallSession apply(String rest) {
        return (CallSession) world.client()
                .resource(world.client()
                        .getKubernetesSerialization()
                        .unmarshal(
                                "apiVersion: dialplane.dev/v1alpha1\nkind: CallSession\n" + rest.formatted(namespace),
                                CallSession.class))
                .create();
    }

    private @Nullable Phase phase(CallSession session) {
        CallSession now = world.client().resource(session).get();
        return now == null || now.getStatus() == null ? null : now.getStatus().phase();
    }

    private CallSession session(String name) {
        return world.client()
                .resources(CallSession.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    private double writes() {
        return world.operator().metric("dialplane_operator_writes_total", "callsessions");
    }

    private CallEvent.Builder event(String callId, String carrierCallId, String sessionUid) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder().setCallId(callId).setAttempt(1))
                .setSeq(1)
                .setTimeUnixMs(System.currentTimeMillis())
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("receptionist"))
                .setDirection(Direction.DIRECTION_INBOUND)
                .setCarrier("twilio")
                .setAccount("AC1")
                .setCarrierCallId(carrierCallId)
                .setParty("••••••5678")
                .setSessionUid(sessionUid);
    }

    private static Answered answered() {
        long now = System.currentTimeMillis();
        return Answered.newBuilder()
                .setPodName("receptionist-x7")
                .setPodUid("uid-x7")
                .setRequestTimeUnixMs(now - 200)
                .setReserveTimeUnixMs(now - 100)
                .setAnswerTimeUnixMs(now)
                .build();
    }

    private static Ended ended() {
        return Ended.newBuilder()
                .setCause(Cause.CAUSE_CALLER_HUNG_UP)
                .setAnswered(answered())
                .setTurns(5)
                .setEndTimeUnixMs(System.currentTimeMillis())
                .build();
    }
}
