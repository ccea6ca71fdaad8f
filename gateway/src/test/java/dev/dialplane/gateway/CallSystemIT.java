package dev.dialplane.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PlayedKind;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.HangUpOrder;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.PoolChange;
import dev.dialplane.gateway.fake.FakeAgent;
import dev.dialplane.gateway.fake.FakeCarrier;
import dev.dialplane.gateway.fake.FakeWorld;
import dev.dialplane.gateway.fake.Receptionist;
import dev.dialplane.gateway.fake.SystemFixture;
import dev.dialplane.gateway.fake.TestGateway;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Calls over a real socket, between agents and an operator over real gRPC. */
class CallSystemIT extends SystemFixture {

    @Test
    void aCallIsAnsweredHeldAndEndedByTheAgent() throws Exception {
        FakeAgent agent = agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        await().atMost(PATIENCE)
                .until(() -> agent.conversations.getFirst().received.stream()
                        .anyMatch(m -> m.getPlayed().getKind() == PlayedKind.PLAYED_KIND_PLAYED
                                && m.getPlayed().getSample() == 3_200));
        speak(carrier);
        // The agent is 300 ms ahead: by then it has said all of its 600 ms.
        await().atMost(PATIENCE)
                .until(() -> carrier.heard.stream()
                                .filter(v -> v == Receptionist.ANSWER)
                                .count()
                        > 20);
        carrier.dtmf("#");
        carrier.closed.get(15, TimeUnit.SECONDS);

        CallEvent ended = ended();
        assertThat(ended.getEnded().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);
        assertThat(ended.getEnded().getTurns()).isEqualTo(1);
        assertThat(ended.getEnded().getResponseP50Ms()).isBetween(1, 1_500);
        assertThat(ended.getParty()).isEqualTo("••••••5678");
        assertThat(ended.getSeq()).isEqualTo(2);
        assertThat(ended.getEnded().getAnswered().getPodUid()).isEqualTo("a");
        CallEvent answered = events().getFirst();
        assertThat(answered.hasAnswered()).isTrue();
        assertThat(answered.getSeq()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> agent.phase() == Phase.PHASE_IDLE);
        // The line was closed only after all of the answer, 600 ms, was there.
        assertThat(carrier.received.stream()
                        .filter(m -> m.event().equals("media") && (m.payload()[0] & 0xFF) == Receptionist.ANSWER))
                .hasSize(30);
        assertThat(gateway.gateway().calls()).isZero();
    }

    @Test
    void framesReachTheAgentNumberedWithoutGapsAndInTime() throws Exception {
        FakeAgent agent = agent("a");
        FakeCarrier carrier = start().call("CA1");
        await().atMost(PATIENCE)
                .until(() -> !agent.conversations.isEmpty()
                        && agent.conversations.getFirst().received.stream()
                                        .filter(ConverseRequest::hasAudio)
                                        .count()
                                > 50);
        carrier.stop();
        ended();
        List<ConverseRequest> audio = agent.conversations.getFirst().received.stream()
                .filter(ConverseRequest::hasAudio)
                .toList();
        for (int i = 0; i < audio.size(); i++) {
            assertThat(audio.get(i).getAudio().getSeq()).isEqualTo(i);
            assertThat(audio.get(i).getAudio().getPayload().size()).isEqualTo(160);
        }
    }

    @Test
    void theCallerHangsUp() throws Exception {
        FakeAgent agent = agent("a");
        FakeCarrier carrier = start().call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.stop();
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
        await().atMost(PATIENCE).until(() -> agent.phase() == Phase.PHASE_IDLE);
    }

    @Test
    void anInterruptionClearsTheCarrierAndNothingOfTheOldReplyFollows() throws Exception {
        agent("a");
        FakeCarrier carrier = start().call("CA1");
        hears(carrier, Receptionist.GREETING);
        await().atMost(PATIENCE).until(() -> carrier.heard.getLast() == -1);
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        carrier.voice = 0;
        await().atMost(PATIENCE).until(() -> carrier.count("clear") > 0);
        int at = 0;
        while (!carrier.received.get(at).event().equals("clear")) {
            at++;
        }
        int size = carrier.received.size();
        int from = carrier.heard.size();
        await().atMost(PATIENCE).until(() -> carrier.heard.size() > from + 20);
        assertThat(carrier.received.subList(at + 1, Math.max(size, at + 1)))
                .noneMatch(m -> m.event().equals("media"));
        carrier.stop();
        assertThat(ended().getEnded().getInterruptions()).isEqualTo(1);
    }

    @Test
    void aBusyAgentIsPassedOver() throws Exception {
        FakeAgent a = agent("a");
        FakeAgent b = agent("b");
        TestGateway gateway = start();
        FakeCarrier first = gateway.call("CA1");
        hears(first, Receptionist.GREETING);
        first.stop();
        ended();
        await().atMost(PATIENCE).until(() -> a.phase() == Phase.PHASE_IDLE && b.phase() == Phase.PHASE_IDLE);
        FakeAgent favorite = a.conversations.isEmpty() ? b : a;
        FakeAgent other = favorite == a ? b : a;
        favorite.decline = BusyReason.BUSY_REASON_IN_CALL;
        FakeCarrier second = gateway.call("CA2");
        hears(second, Receptionist.GREETING);
        assertThat(favorite.offers).as("it was asked, and said busy").hasSize(2);
        assertThat(other.offers).hasSize(1);
        second.stop();
        await().atMost(PATIENCE)
                .until(() -> events().stream().filter(CallEvent::hasEnded).count() == 2);
    }

    @Test
    void anAgentThatDoesNotAnswerIsPassedOverAtTheDeadline() throws Exception {
        options.offerDeadline = Duration.ofMillis(200);
        FakeAgent first = agent("a");
        FakeAgent second = agent("b");
        TestGateway gateway = start();
        first.mute = true;
        second.mute = true;
        FakeCarrier carrier = gateway.call("CA1");
        await().atMost(PATIENCE).until(() -> first.offers.size() + second.offers.size() >= 1);
        (first.offers.isEmpty() ? first : second).mute = false;
        hears(carrier, Receptionist.GREETING);
        FakeAgent willing = first.conversations.isEmpty() ? second : first;
        assertThat(willing.offers.getLast().getFence().getAttempt())
                .as("each offer is its own attempt")
                .isEqualTo(2);
        carrier.stop();
        ended();
    }

    @Test
    void anOnlyAgentThatWasTooSlowToOpenTheStreamIsAskedAgain() throws Exception {
        options.openTimeout = Duration.ofMillis(300);
        FakeAgent only = agent("a");
        TestGateway gateway = start();
        only.slowToOpen = true;
        FakeCarrier carrier = gateway.call("CA1");
        await().atMost(PATIENCE).until(() -> !only.conversations.isEmpty());
        only.slowToOpen = false;
        hears(carrier, Receptionist.GREETING);
        assertThat(only.offers.getLast().getFence().getAttempt()).isEqualTo(2);
        carrier.stop();
        ended();
    }

    @Test
    void whoWaitsGetsTheNextAgentThatIsFree() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier first = gateway.call("CA1");
        hears(first, Receptionist.GREETING);
        FakeCarrier second = gateway.call("CA2");
        await().atMost(PATIENCE)
                .until(() ->
                        operator.received.stream().anyMatch(r -> r.getDemand().getWaiting() == 1));
        first.stop();
        hears(second, Receptionist.GREETING);
        second.stop();
        await().atMost(PATIENCE)
                .until(() -> events().stream().filter(CallEvent::hasEnded).count() == 2);
    }

    @Test
    void whoWaitsTooLongIsRefusedWithItsCause() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier first = gateway.call("CA1");
        hears(first, Receptionist.GREETING);
        FakeCarrier second = gateway.call("CA2");
        second.closed.get(15, TimeUnit.SECONDS);
        CallEvent refused = refused();
        assertThat(refused.getRefused().getCause()).isEqualTo(Cause.CAUSE_NO_AGENT);
        assertThat(refused.getRefused().getWaitedMs()).isBetween(1_900, 4_000);
        assertThat(refused.getCarrierCallId()).isEqualTo("CA2");
        assertThat(refused.getSeq()).isEqualTo(1);
        first.stop();
        ended();
    }

    @Test
    void whoHangsUpWhileWaitingIsAnAbandonedCall() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier first = gateway.call("CA1");
        hears(first, Receptionist.GREETING);
        FakeCarrier second = gateway.call("CA2");
        await().atMost(PATIENCE)
                .until(() ->
                        operator.received.stream().anyMatch(r -> r.getDemand().getWaiting() == 1));
        second.stop();
        assertThat(refused().getRefused().getCause()).isEqualTo(Cause.CAUSE_ABANDONED);
        first.stop();
        ended();
        await().atMost(PATIENCE).until(() -> agents.getFirst().phase() == Phase.PHASE_IDLE);
        assertThat(agents.getFirst().conversations)
                .as("nobody was bound for the one who left")
                .hasSize(1);
    }

    @Test
    void aFullQueueOverflowsToTheOtherPool() throws Exception {
        FakeAgent agent = agent("a");
        var backup = FakeWorld.POOL.toBuilder().setName("backup").build();
        FakeAgent other = new FakeAgent("b", backup, "127.0.0.1", a -> new Receptionist());
        agents.add(other);
        TestGateway gateway = start(TestGateway.snapshot(agents).toBuilder()
                .setPools(0, FakeWorld.pool().setQueueMaxWaitMs(0).setOverflow(backup))
                .addPools(FakeWorld.pool().setRef(backup))
                .build());
        FakeCarrier first = gateway.call("CA1");
        hears(first, Receptionist.GREETING);
        FakeCarrier second = gateway.call("CA2");
        hears(second, Receptionist.GREETING);
        assertThat(other.conversations).hasSize(1);
        assertThat(agent.conversations).hasSize(1);
        assertThat(other.offers.getLast().getPool()).isEqualTo(backup);
        first.stop();
        second.stop();
        await().atMost(PATIENCE)
                .until(() -> events().stream().filter(CallEvent::hasEnded).count() == 2);
    }

    @Test
    void aPausedOrUnknownPoolRefuses() throws Exception {
        agent("a");
        TestGateway gateway = start();
        operator.send(AttachResponse.newBuilder()
                .setPoolChange(PoolChange.newBuilder()
                        .setVersion(2)
                        .setUpsert(FakeWorld.pool().setPaused(true)))
                .build());
        int port = gateway.gateway().devPort();
        FakeCarrier unknown = FakeCarrier.call(
                gateway.carriers(), "ws://127.0.0.1:" + port + "/twilio/default/nobody", "CA0", java.util.Map.of());
        unknown.closed.get(15, TimeUnit.SECONDS);
        FakeCarrier paused = gateway.call("CA1");
        paused.closed.get(15, TimeUnit.SECONDS);
        await().atMost(PATIENCE).until(() -> events().size() == 2);
        assertThat(events())
                .extracting(e -> e.getRefused().getCause())
                .containsExactly(Cause.CAUSE_POOL_UNKNOWN, Cause.CAUSE_POOL_PAUSED);
    }

    @Test
    void aCallOutlivesTwoAgentsAndTheThirdKnowsWhatWasSaid() throws Exception {
        List<FakeAgent> all = List.of(agent("a"), agent("b"), agent("c"));
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        FakeAgent first = holder(all, List.of());
        first.kill();
        hears(carrier, Receptionist.BACK);

        FakeAgent second = holder(all, List.of(first));
        assertThat(second.offers.getLast().getFence().getAttempt()).isEqualTo(2);
        assertThat(second.conversations.getFirst().left()).isEqualTo("1");
        second.kill();
        FakeAgent third = holder(all, List.of(first, second));
        await().atMost(PATIENCE)
                .until(() -> third.conversations.getFirst().received.stream()
                        .anyMatch(m -> m.getPlayed().getSample() == 3_200));
        assertThat(third.conversations.getFirst().received)
                .filteredOn(ConverseRequest::hasPlayed)
                .as("its own generation alone, from its beginning")
                .allMatch(m -> m.getPlayed().getGeneration() == 1);
        speak(carrier);
        await().atMost(PATIENCE).until(() -> carrier.heard.getLast() == Receptionist.ANSWER);
        carrier.stop();

        CallEvent ended = ended();
        assertThat(ended.getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
        assertThat(ended.getEnded().getFailovers()).isEqualTo(2);
        assertThat(ended.getEnded().getTurns()).isEqualTo(2);
        assertThat(events())
                .filteredOn(CallEvent::hasMoved)
                .extracting(event -> event.getMoved().getPodUid())
                .containsExactly(podUid(second), podUid(third));
        assertThat(carrier.heard).doesNotContain(Receptionist.APOLOGY);
        await().atMost(PATIENCE).until(() -> third.phase() == Phase.PHASE_IDLE);
        assertThat(gateway.gateway().calls()).isZero();
    }

    @Test
    void whatTheCallerSaysAndPressesWhileNobodyListensIsHeardByTheNextAgent() throws Exception {
        List<FakeAgent> both = List.of(agent("a"), agent("b"));
        start();
        FakeCarrier carrier = gateway().call("CA1");
        hears(carrier, Receptionist.GREETING);
        FakeAgent holder = holder(both, List.of());
        FakeCarrier another = gateway().call("CA2");
        hears(another, Receptionist.GREETING);
        FakeAgent other = holder(both, List.of(holder));
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        holder.kill();
        hears(carrier, Receptionist.TONE);
        carrier.dtmf("7");
        speak(carrier);
        another.stop();

        await().atMost(PATIENCE).until(() -> other.conversations.size() == 2);
        await().atMost(PATIENCE)
                .until(() -> other.conversations.getLast().received.stream()
                                .filter(m -> m.hasAudio()
                                        && m.getAudio().getPayload().byteAt(0) == 0)
                                .count()
                        >= 18);
        assertThat(other.conversations.getLast().received)
                .filteredOn(ConverseRequest::hasDtmf)
                .extracting(message -> message.getDtmf().getDigit())
                .containsExactly("7");
        carrier.stop();
        ended(2);
        assertThat(events())
                .filteredOn(CallEvent::hasEnded)
                .extracting(event -> event.getEnded().getFailovers())
                .containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void anAgentThatWasGivenUpTooSoonIsFreeAgain() throws Exception {
        List<FakeAgent> both = List.of(agent("a"), agent("b"));
        start();
        FakeCarrier carrier = gateway().call("CA1");
        hears(carrier, Receptionist.GREETING);
        FakeAgent former = holder(both, List.of());
        former.conversations.getFirst().breakStream(CallSummary.newBuilder().setCause(Cause.CAUSE_GATEWAY_LOST));

        FakeAgent now = holder(both, List.of(former));
        await().atMost(PATIENCE).until(() -> former.phase() == Phase.PHASE_IDLE);
        carrier.stop();
        assertThat(ended().getEnded().getFailovers()).isEqualTo(1);
        assertThat(now.conversations).hasSize(1);
    }

    @Test
    void whoHangsUpWhileAnotherAgentIsLookedForHasHadACall() throws Exception {
        FakeAgent agent = agent("a");
        start();
        FakeCarrier carrier = gateway().call("CA1");
        hears(carrier, Receptionist.GREETING);
        agent.kill();
        hears(carrier, Receptionist.TONE);
        carrier.stop();

        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
        assertThat(events()).noneMatch(CallEvent::hasRefused);
        assertThat(gateway().gateway().calls()).isZero();
    }

    /** Who has the call, of those that have not lost it. */
    private static FakeAgent holder(List<FakeAgent> all, List<FakeAgent> before) {
        return await().atMost(PATIENCE)
                .until(
                        () -> all.stream()
                                .filter(agent -> !before.contains(agent) && !agent.conversations.isEmpty())
                                .findFirst()
                                .orElse(null),
                        agent -> agent != null);
    }

    private static String podUid(FakeAgent agent) {
        return agent.offers.getLast().getPodUid();
    }

    @Test
    void anAgentThatDiesLeavesAnApologyAndACause() throws Exception {
        FakeAgent agent = agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        agent.kill();
        hears(carrier, Receptionist.APOLOGY);
        carrier.closed.get(15, TimeUnit.SECONDS);
        // 300 ms, all of it.
        assertThat(carrier.heard.stream().filter(v -> v == Receptionist.APOLOGY).count())
                .isGreaterThanOrEqualTo(14);
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_AGENT_LOST);
        assertThat(gateway.gateway().calls()).isZero();
    }

    @Test
    void anAgentThatFallsSilentIsLost() throws Exception {
        options.agentSilence = Duration.ofMillis(700);
        List<FakeAgent> both = List.of(agent("a"), agent("b"));
        FakeCarrier carrier = start().call("CA1");
        hears(carrier, Receptionist.GREETING);
        FakeAgent silent = holder(both, List.of());
        silent.conversations.getFirst().fallSilent();

        FakeAgent other = holder(both, List.of(silent));
        await().atMost(PATIENCE).until(() -> events().stream().anyMatch(CallEvent::hasMoved));
        carrier.stop();
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
        assertThat(other.offers.getLast().getFence().getAttempt()).isEqualTo(2);
        await().atMost(PATIENCE).until(() -> silent.phase() == Phase.PHASE_IDLE);
    }

    @Test
    void aCarrierThatSendsNothingEndsTheCall() throws Exception {
        options.mediaTimeout = Duration.ofSeconds(1);
        FakeAgent agent = agent("a");
        FakeCarrier carrier = start().call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.pause();
        carrier.closed.get(15, TimeUnit.SECONDS);
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_MEDIA_TIMEOUT);
        assertThat(agent.conversations.getFirst().received)
                .as("silence was made meanwhile")
                .anyMatch(m -> m.getAudio().getConcealed());
    }

    @Test
    void anOrderedHangUpLetsTheAgentSayGoodbye() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        await().atMost(PATIENCE).until(() -> !events().isEmpty());
        Order order = Order.newBuilder()
                .setOrderId("order-1")
                .setHangUp(HangUpOrder.newBuilder()
                        .setCallId(events().getFirst().getFence().getCallId())
                        .setPolite(true))
                .build();
        operator.send(AttachResponse.newBuilder().setOrder(order).build());
        operator.send(AttachResponse.newBuilder().setOrder(order).build());
        carrier.closed.get(15, TimeUnit.SECONDS);
        assertThat(carrier.heard).contains(Receptionist.ANSWER);
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_HUNG_UP_BY_OPERATOR);
        await().atMost(PATIENCE)
                .until(() -> operator.received.stream()
                                .filter(r ->
                                        r.hasOrderResult() && r.getOrderResult().hasDone())
                                .count()
                        == 2);
    }

    @Test
    void aSummaryWhoseStreamBrokeIsTakenByTheWatchAndAcknowledged() throws Exception {
        FakeAgent agent = agent("a", a -> new FakeAgent.Talk() {
            @Override
            public void heard(FakeAgent.Conversation call, ConverseRequest message) {
                if (message.hasHangUp()) {
                    call.breakStream(dev.dialplane.contracts.agent.v1.CallSummary.newBuilder()
                            .setCause(message.getHangUp().getCause())
                            .setTurns(7));
                }
            }
        });
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        await().atMost(PATIENCE).until(() -> !events().isEmpty());
        carrier.stop();
        assertThat(ended().getEnded().getTurns()).isEqualTo(7);
        await().atMost(PATIENCE).until(() -> agent.phase() == Phase.PHASE_IDLE);
        assertThat(agent.served()).isEqualTo(1);
    }

    @Test
    void garbageOnTheSocketDoesNotEndTheCallUntilItNeverStops() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        for (int i = 0; i < 5; i++) {
            carrier.sendRaw("{\"event\":\"media\",\"media\":{\"payload\":\"%%%\"}}");
            carrier.sendRaw("not json");
        }
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        assertThat(gateway.count("carrier.faults", "cause", "bad_payload")).isEqualTo(5);
        carrier.pause();
        await().atMost(PATIENCE).until(() -> {
            for (int i = 0; i < 25; i++) {
                carrier.sendRaw("[]");
            }
            return carrier.closed.isDone();
        });
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CARRIER_ERROR);
    }

    @Test
    void aGiantMessageIsDroppedAndItsCallGoesOn() throws Exception {
        agent("a");
        TestGateway gateway = start();
        FakeCarrier carrier = gateway.call("CA1");
        hears(carrier, Receptionist.GREETING);
        carrier.sendInPieces("x".repeat(1_000_000), 30_000);
        await().atMost(PATIENCE).until(() -> gateway.count("carrier.faults", "cause", "too_long") == 1);
        speak(carrier);
        hears(carrier, Receptionist.ANSWER);
        carrier.stop();
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);
    }

    @Test
    void aGiantFrameEndsItsCallAndNothingElse() throws Exception {
        agent("a");
        agent("b");
        TestGateway gateway = start();
        FakeCarrier bad = gateway.call("CA1");
        FakeCarrier good = gateway.call("CA2");
        hears(bad, Receptionist.GREETING);
        hears(good, Receptionist.GREETING);
        bad.sendRaw("x".repeat(200_000));
        bad.closed.get(15, TimeUnit.SECONDS);
        assertThat(ended().getCarrierCallId()).isEqualTo("CA1");
        assertThat(ended().getEnded().getCause()).isEqualTo(Cause.CAUSE_CARRIER_ERROR);
        speak(good);
        hears(good, Receptionist.ANSWER);
        good.stop();
        await().atMost(PATIENCE)
                .until(() -> events().stream().filter(CallEvent::hasEnded).count() == 2);
    }
}
