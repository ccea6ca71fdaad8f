package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.control.v1.AgentChange;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.DrainOrder;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.OrderRefusal;
import dev.dialplane.contracts.control.v1.OrderResult;
import dev.dialplane.contracts.control.v1.PlaceOrder;
import dev.dialplane.contracts.control.v1.PoolChange;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import dev.dialplane.contracts.control.v1.RetireOrder;
import dev.dialplane.gateway.events.EventJournal;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.FakeWorld;
import dev.dialplane.gateway.fake.Receptionist;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import dev.dialplane.gateway.recording.RecordingSettings;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes up to the operator and comes down from it, and how calls do without it. */
class OperatorSystemIT extends SystemFixture {

    private OrderResult order(Order.Builder order) {
        String id = order.getOrderId();
        operator.send(AttachResponse.newBuilder().setOrder(order).build());
        await().atMost(PATIENCE)
                .until(() -> operator.received.stream()
                        .anyMatch(r -> r.getOrderResult().getOrderId().equals(id)));
        return operator.received.stream()
                .map(AttachRequest::getOrderResult)
                .filter(r -> r.getOrderId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void helloComesFirstWithTheTokenFromItsFileThenAllAgentStates() throws Exception {
        agent("a");
        start();
        await().atMost(PATIENCE).until(() -> operator.received.stream().anyMatch(AttachRequest::hasAgentStates));
        assertThat(operator.received.getFirst().getHello().getGatewayId()).isEqualTo("gateway-uid");
        assertThat(operator.tokens.getFirst()).isEqualTo("Bearer service-account-token");
        assertThat(operator.received.stream()
                        .filter(AttachRequest::hasAgentStates)
                        .findFirst()
                        .orElseThrow()
                        .getAgentStates()
                        .getFull())
                .isTrue();
        await().atMost(PATIENCE)
                .until(() -> operator.received.stream()
                        .flatMap(r -> r.getAgentStates().getAgentsList().stream())
                        .anyMatch(a -> a.getPodUid().equals("a")
                                && a.getPhase() == Phase.PHASE_IDLE
                                && a.getPreparedHash().equals("spec-1")));
    }

    @Test
    void helloTellsWhereRecordingsAreKept() throws Exception {
        options.recordings = new RecordingSettings(directory.resolve("recordings"), "in-west", 1 << 20, null);
        start();
        await().atMost(PATIENCE).until(() -> !operator.received.isEmpty());
        assertThat(operator.received.getFirst().getHello().getRecordings())
                .isEqualTo(RecordingPlace.newBuilder()
                        .setKept(true)
                        .setRegion("in-west")
                        .build());
    }

    @Test
    void helloTellsThatRecordingsAreKeptNowhere() throws Exception {
        start();
        await().atMost(PATIENCE).until(() -> !operator.received.isEmpty());
        Hello hello = operator.received.getFirst().getHello();
        assertThat(hello.hasRecordings())
                .as("an older gateway would say nothing")
                .isTrue();
        assertThat(hello.getRecordings().getKept()).isFalse();
    }

    @Test
    void aCallGoesOnWhileTheOperatorIsAwayAndItsEventsComeLater() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        await().atMost(PATIENCE).until(() -> !events().isEmpty());
        operator.stop();
        await().atMost(PATIENCE).until(() -> !gateway.gateway().attached());
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        carrier.stop();
        await().atMost(PATIENCE).until(() -> gateway.gateway().calls() == 0);
        FakeCarrier second = gateway.call("CA2");
        hears(second, Receptionist.GREETING);
        second.stop();
        assertThat(gateway.gateway().ready()).isTrue();
        assertThat(events()).noneMatch(CallEvent::hasEnded);
        operator.restart();
        ended(2);
        assertThat(events().stream().map(CallEvent::getCarrierCallId).distinct())
                .containsExactly("CA1", "CA2");
    }

    @Test
    void aGatewayThatIsRefusedTriesAgainSoonByANewConnectionWhichAServiceMayLeadToAnotherOperator() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        operator.standsBy = true;
        operator.stop();
        operator.restart();
        await().atMost(PATIENCE).until(() -> operator.tokens.size() >= 5);
        assertThat(operator.connections).hasSizeGreaterThanOrEqualTo(5);
        assertThat(gateway.gateway().attached()).isFalse();
        carrier.stop();
        await().atMost(PATIENCE).until(() -> gateway.gateway().calls() == 0);

        operator.standsBy = false;
        ended(1);
        assertThat(gateway.gateway().attached()).isTrue();
    }

    @Test
    void aRestartedGatewayAnswersFromItsSnapshotWhileTheOperatorIsAway() throws Exception {
        agent("a");
        TestGateway gateway = start();
        await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("data/directory.pb")));
        gateway.close();
        operator.stop();
        TestGateway again = startAsItIs();
        FakeCarrier carrier = again.call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.stop();
        await().atMost(PATIENCE).until(() -> again.gateway().calls() == 0);
    }

    @Test
    void eventsThatWereNotAcknowledgedAreToldAgainByTheNextProcess() throws Exception {
        agent("a");
        operator.acknowledges = false;
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.stop();
        ended();
        operator.stop();
        gateway.close();
        operator.received.clear();
        operator.acknowledges = true;
        operator.restart();
        startAsItIs();
        await().atMost(PATIENCE).until(() -> events().size() == 2);
        assertThat(events()).extracting(CallEvent::getSeq).containsExactly(1L, 2L);
    }

    @Test
    void aCallThatDiedWithItsGatewayEndsInTheNextProcessWithTheSummaryThatItsAgentHolds() throws Exception {
        Fence fence = Fence.newBuilder()
                .setCallId("abcdefghijklmnopqrstuvwxyz")
                .setAttempt(2)
                .build();
        try (EventJournal journal = new EventJournal(directory.resolve("data/events.journal"), 100, 1 << 20)) {
            journal.opened(CallEvent.newBuilder()
                    .setFence(fence)
                    .setSeq(1)
                    .setPool(FakeWorld.POOL)
                    .setCarrier("twilio")
                    .setCarrierCallId("CA1")
                    .setAnswered(Answered.newBuilder().setPodUid("a"))
                    .build());
        }
        FakeAgent agent = agent("a");
        agent.holdSummary(
                fence,
                CallSummary.newBuilder().setCause(Cause.CAUSE_GATEWAY_LOST).setTurns(3));
        start();
        CallEvent ended = ended();
        assertThat(ended.getFence()).isEqualTo(fence);
        assertThat(ended.getSeq()).isEqualTo(2);
        assertThat(ended.getCarrierCallId()).isEqualTo("CA1");
        assertThat(ended.getEnded().getCause()).isEqualTo(Cause.CAUSE_GATEWAY_LOST);
        assertThat(ended.getEnded().getTurns()).isEqualTo(3);
        assertThat(agent.phase()).as("its summary was taken off its hands").isEqualTo(Phase.PHASE_IDLE);
    }

    @Test
    void aCallThatDoesNotEndInTimeIsCutOffAndItsEndIsTold() throws Exception {
        options.drainMaxWait = java.time.Duration.ofMillis(200);
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        gateway.gateway().close();
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_GATEWAY_LOST);
        carrier.closed.get(30, TimeUnit.SECONDS);
    }

    @Test
    void orders() throws Exception {
        FakeAgent idle = agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        OrderResult busy = order(Order.newBuilder()
                .setOrderId("1")
                .setRetire(RetireOrder.newBuilder().setPodUid("a")));
        assertThat(busy.getRefused().getRefusal()).isEqualTo(OrderRefusal.ORDER_REFUSAL_BUSY);
        OrderResult unknown = order(Order.newBuilder()
                .setOrderId("2")
                .setRetire(RetireOrder.newBuilder().setPodUid("z")));
        assertThat(unknown.getRefused().getRefusal()).isEqualTo(OrderRefusal.ORDER_REFUSAL_UNKNOWN);
        OrderResult place = order(Order.newBuilder().setOrderId("3").setPlace(PlaceOrder.getDefaultInstance()));
        assertThat(place.getRefused().getRefusal()).isEqualTo(OrderRefusal.ORDER_REFUSAL_UNSUPPORTED);
        carrier.stop();
        ended();
        await().atMost(PATIENCE).until(() -> idle.phase() == Phase.PHASE_IDLE);
        OrderResult done = order(Order.newBuilder()
                .setOrderId("4")
                .setRetire(RetireOrder.newBuilder().setPodUid("a")));
        assertThat(done.hasDone()).isTrue();
        assertThat(idle.phase()).isEqualTo(Phase.PHASE_RETIRING);
        OrderResult repeated = order(Order.newBuilder()
                .setOrderId("1")
                .setRetire(RetireOrder.newBuilder().setPodUid("a")));
        assertThat(repeated)
                .as("a repeated order is answered as the first one was")
                .isEqualTo(busy);
    }

    @Test
    void drainingRefusesNewCallsAndWaitsForTheOldOnes() throws Exception {
        agent("a");
        agent("b");
        TestGateway gateway = start();
        FakeCarrier old = gateway.call("CA1");
        hears(old, Receptionist.GREETING);
        operator.send(AttachResponse.newBuilder()
                .setOrder(Order.newBuilder().setOrderId("d").setDrain(DrainOrder.getDefaultInstance()))
                .build());
        await().atMost(PATIENCE).until(() -> !gateway.gateway().ready());
        FakeCarrier fresh = gateway.call("CA2");
        fresh.closed.get(30, TimeUnit.SECONDS);
        assertThat(refused().getRefused().getCause()).isEqualTo(Cause.CAUSE_GATEWAY_DRAINING);
        speak(old);
        hears(old, Receptionist.ANSWER);
        assertThat(operator.received)
                .noneMatch(r -> r.getOrderResult().getOrderId().equals("d"));
        await().atMost(PATIENCE)
                .until(() -> operator.received.stream()
                        .anyMatch(r -> r.hasHello() && r.getHello().getDraining()));
        old.stop();
        await().atMost(PATIENCE)
                .until(() -> operator.received.stream()
                        .anyMatch(r -> r.getOrderResult().getOrderId().equals("d")
                                && r.getOrderResult().hasDone()));
    }

    @Test
    void closingWaitsForCallsInProgress() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        Thread closing = Thread.ofVirtual().start(() -> gateway.gateway().close());
        await().atMost(PATIENCE).until(() -> !gateway.gateway().ready());
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        assertThat(closing.isAlive()).isTrue();
        carrier.stop();
        closing.join(PATIENCE);
        assertThat(closing.isAlive()).isFalse();
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
    }

    @Test
    void aNewSpecIsPreparedAFewAtATimeAndNeverTakesTheLastIdleAgents() throws Exception {
        for (String uid : List.of("a", "b", "c", "d")) {
            agent(uid);
        }
        start();
        agents.forEach(a -> assertThat(a.prepared).hasSize(1));
        operator.send(AttachResponse.newBuilder()
                .setPoolChange(PoolChange.newBuilder()
                        .setVersion(2)
                        .setUpsert(FakeWorld.pool().setSpecHash("spec-2")))
                .build());
        await().atMost(PATIENCE).until(() -> agents.stream().allMatch(a -> a.prepared.size() == 2));
        assertThat(agents).allMatch(a -> a.prepared.getLast().getHash().equals("spec-2"));
        FakeCarrier carrier = gateway().call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.stop();
        ended();
        assertThat(agents.stream().flatMap(a -> a.offers.stream()))
                .allMatch(o -> o.getSpecHash().equals("spec-2"));
    }

    @Test
    void agentsThatComeAndGoAreFollowed() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeAgent late = agent("b");
        operator.send(AttachResponse.newBuilder()
                .setAgentChange(AgentChange.newBuilder().setVersion(2).setRemoved("a"))
                .build());
        operator.send(AttachResponse.newBuilder()
                .setAgentChange(AgentChange.newBuilder().setVersion(3).setUpsert(late.address()))
                .build());
        await().atMost(PATIENCE).until(() -> late.phase() == Phase.PHASE_IDLE);
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        assertThat(late.conversations).hasSize(1);
        carrier.stop();
        ended();
    }
}
