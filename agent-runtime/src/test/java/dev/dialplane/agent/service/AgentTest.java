package dev.dialplane.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.life.Life;
import dev.dialplane.agent.life.State;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestBench.Answer;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.ReleaseRequest;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Cause;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An agent between calls, as gateways see it. */
class AgentTest {
    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void tellsWhoeverWatchesItsStateAtOnceAndEveryChangeOfIt() {
        Watching watching = watch();
        assertThat(watching.phases()).containsExactly(Phase.PHASE_STARTING);

        bench.prepared();
        TestGateway gateway = bench.call();
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.advance(50);
        gateway.takeSummary();
        bench.time.advance(500);

        assertThat(watching.phases())
                .containsExactly(
                        Phase.PHASE_STARTING,
                        Phase.PHASE_PREPARING,
                        Phase.PHASE_IDLE,
                        Phase.PHASE_OFFERED,
                        Phase.PHASE_ACTIVE,
                        Phase.PHASE_WRAPPING,
                        Phase.PHASE_RESETTING,
                        Phase.PHASE_IDLE);
        WatchResponse last = watching.states.getLast();
        assertThat(last.getCallsServed()).isEqualTo(1);
        assertThat(last.getGeneration()).isEqualTo(2);
        assertThat(last.getPreparedHash()).isEqualTo(TestBench.HASH);
        assertThat(last.hasFence()).isFalse();
        assertThat(last.hasUnreportedSummary()).isFalse();
    }

    @Test
    void aSecondOfferWhileBusyIsRefused() {
        bench.prepared().call();

        var response = bench.offer(TestBench.offer(2, 1).build());

        assertThat(response.getAccepted()).isFalse();
        assertThat(response.getBusyReason()).isEqualTo(BusyReason.BUSY_REASON_IN_CALL);
    }

    @Test
    void anOldAttemptIsRefusedEvenAfterItsCall() {
        bench.prepared();
        finish(bench.call(TestBench.offer(1, 3).build()));

        var response = bench.offer(TestBench.offer(1, 2).build());

        assertThat(response.getBusyReason()).isEqualTo(BusyReason.BUSY_REASON_OLD_ATTEMPT);
    }

    @Test
    void aStreamForAnotherPodOrAnotherFenceIsRefused() {
        bench.prepared();
        assertThat(bench.offer(TestBench.offer(1, 2).build()).getAccepted()).isTrue();

        TestGateway otherPod =
                bench.gateway(TestBench.offer(1, 2).setPodUid("pod-2").build());
        TestGateway oldAttempt = bench.gateway(TestBench.offer(1, 1).build());
        bench.time.advance(10);

        assertThat(otherPod.ended.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(otherPod.ended.getDescription()).contains("pod-2");
        assertThat(oldAttempt.ended.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(bench.agent.phase()).isInstanceOf(State.Offered.class);
    }

    @Test
    void aReservationOutlastsRingingAndExpires() {
        bench.prepared();
        bench.offer(TestBench.offer(1, 1)
                .setKind(OfferKind.OFFER_KIND_RESERVE)
                .setExpiresInMs(30_000)
                .build());
        bench.time.advance(29_900);
        assertThat(bench.agent.phase()).isInstanceOf(State.Offered.class);

        bench.time.advance(200);

        assertThat(bench.agent.phase()).isEqualTo(new State.Idle());
        assertThat(bench.offer(TestBench.offer(2, 1).build()).getAccepted()).isTrue();
    }

    @Test
    void anOfferThatIsTakenBackLeavesTheAgentFreeAtOnceAndIsRefusedWhenItComesLate() {
        bench.prepared();
        bench.offer(TestBench.offer(1, 1).build());
        release(1, 2);
        release(2, 1);
        assertThat(bench.agent.phase()).as("other fences").isInstanceOf(State.Offered.class);

        release(1, 1);

        assertThat(bench.agent.phase()).isEqualTo(new State.Idle());
        assertThat(bench.offer(TestBench.offer(2, 1).build()).getBusyReason())
                .as("taken back before it came")
                .isEqualTo(BusyReason.BUSY_REASON_OLD_ATTEMPT);
        assertThat(bench.offer(TestBench.offer(3, 1).build()).getAccepted()).isTrue();
    }

    @Test
    void aCallThatHasBegunIsNotTakenBack() {
        bench.prepared().call();

        release(1, 1);

        assertThat(bench.agent.phase()).isInstanceOf(State.Active.class);
    }

    @Test
    void aCallThatWasLetGoOfAfterItsStreamBrokeDoesNotWaitForAnother() {
        TestGateway gateway = bench.prepared().call();
        gateway.breakOff();
        bench.time.settle();
        release(1, 2);
        assertThat(bench.agent.phase()).as("another fence").isInstanceOf(State.Active.class);

        release(1, 1);

        assertThat(bench.agent.phase()).isInstanceOf(State.Wrapping.class);
    }

    private void release(int call, int attempt) {
        bench.stub.release(
                ReleaseRequest.newBuilder()
                        .setFence(TestBench.offer(call, attempt).getFence())
                        .build(),
                new Answer<>());
        bench.time.settle();
    }

    @Test
    void aReservationThatGoesLiveIsHeldForAsLongAsTheLiveOfferSays() {
        bench.prepared();
        bench.offer(TestBench.offer(1, 1)
                .setKind(OfferKind.OFFER_KIND_RESERVE)
                .setExpiresInMs(1000)
                .clearFormatIn()
                .clearFormatOut()
                .build());
        bench.time.advance(900);

        TestGateway gateway = bench.call(TestBench.offer(1, 1).build());
        bench.time.advance(4000);

        assertThat(bench.agent.phase()).isInstanceOf(State.Active.class);
        assertThat(gateway.agentTurns()).hasSize(1);
    }

    @Test
    void theSummaryWaitsForAGatewayThatLearnsOfItByWatching() {
        bench.prepared();
        TestGateway gateway = bench.call();
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.advance(20);
        gateway.breakOff();
        bench.time.advance(60_000);
        Watching watching = watch();
        assertThat(watching.states.getLast().getUnreportedSummary().getCause()).isEqualTo(Cause.CAUSE_CALLER_HUNG_UP);

        Answer<AcknowledgeSummaryResponse> wrong = acknowledge(9);
        Answer<AcknowledgeSummaryResponse> right = acknowledge(1);
        bench.time.advance(500);

        assertThat(wrong.failure.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(right.value).isNotNull();
        assertThat(bench.agent.phase()).isEqualTo(new State.Idle());
    }

    @Test
    void aSummaryThatNobodyTakesEndsTheProcess() {
        bench.prepared();
        TestGateway gateway = bench.call();
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.time.advance(20);
        gateway.breakOff();

        bench.time.advance(16 * 60_000);

        assertThat(bench.gone.status()).isEqualTo(Life.OVERDUE);
    }

    @Test
    void anAgentThatNobodyPreparesEndsTheProcess() {
        bench.time.advance(16 * 60_000);

        assertThat(bench.gone.status()).isEqualTo(Life.OVERDUE);
    }

    @Test
    void aPreparationThatFailsIsReportedAndTheAgentIsNotIdle() {
        bench.models.prepareFailure = Status.NOT_FOUND.withDescription("no model local/nonesuch");
        Watching watching = watch();

        Answer<PrepareResponse> answer = bench.prepare(TestBench.HASH);

        assertThat(answer.failure.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(watching.states.getLast().getPrepareError()).contains("no model local/nonesuch");
        assertThat(watching.states.getLast().getPhase()).isEqualTo(Phase.PHASE_STARTING);
        assertThat(bench.offer(TestBench.offer(1, 1).build()).getBusyReason())
                .isEqualTo(BusyReason.BUSY_REASON_PREPARING);
    }

    @Test
    void aHashThatItHasIsAnsweredAtOnceAndDuringACallItKeepsItsSpec() {
        bench.prepared();
        assertThat(bench.prepare(TestBench.HASH).value.getPreparedHash()).isEqualTo(TestBench.HASH);
        assertThat(bench.models.preparations).isEqualTo(1);
        bench.call();

        Answer<PrepareResponse> answer = bench.prepare("beef");

        assertThat(answer.failure.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void aSpecThatAgentsCannotServeIsRefusedByNameOfTheField() {
        var spec = TestBench.spec();
        spec.getPipelineBuilder().clearMode();

        Answer<PrepareResponse> answer = bench.with(spec).prepare(TestBench.HASH);

        assertThat(answer.failure.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(answer.failure.getDescription()).startsWith("spec.pipeline.mode is PIPELINE_MODE_UNSPECIFIED");
    }

    @Test
    void retiresOnlyWithoutACall() {
        bench.prepared();
        TestGateway gateway = bench.call();
        assertThat(retire().value.getBusyReason()).isEqualTo(BusyReason.BUSY_REASON_IN_CALL);
        finish(gateway);

        assertThat(retire().value.getRetiring()).isTrue();
        assertThat(bench.offer(TestBench.offer(2, 1).build()).getBusyReason())
                .isEqualTo(BusyReason.BUSY_REASON_RETIRING);
        bench.time.advance(1000);
        assertThat(bench.gone.status()).isZero();
    }

    @Test
    void toldToEndItWaitsForItsCallAndExitsWithZero() {
        bench.prepared();
        TestGateway gateway = bench.call();
        bench.agent.terminate();
        bench.time.advance(5000);
        assertThat(bench.gone).isNull();

        finish(gateway);
        bench.time.advance(1000);

        assertThat(bench.gone.status()).isZero();
    }

    @Test
    void aCallWhoseGatewayComesBackWithinTheGraceGoesOn() {
        bench.prepared();
        TestGateway gateway = bench.call();
        bench.time.advance(1000);
        int streams = bench.client.openStreams();
        gateway.breakOff();
        bench.time.advance(20);
        assertThat(bench.client.openStreams())
                .as("streams to inference outlive the gateway's")
                .isEqualTo(streams)
                .isPositive();
        bench.time.advance(3000);

        TestGateway back = bench.gateway(TestBench.offer(1, 1).build());
        bench.until("the greeting goes on", 5000, () -> back.agentTurns().size() == 1);

        assertThat(back.all(MessageCase.OPENED)).hasSize(1);
        assertThat(back.agentTurns().getFirst().getHeardText()).isEqualTo("Good morning, City Dental. How can I help?");
        assertThat(back.all(MessageCase.AUDIO).getFirst().message().getAudio().getGeneration())
                .isEqualTo(2);
    }

    @Test
    void aCallWhoseGatewayStaysAwayEndsWithItsCause() {
        bench.prepared();
        TestGateway gateway = bench.call();
        bench.time.advance(1000);
        gateway.breakOff();

        bench.time.advance(5100);

        Watching watching = watch();
        assertThat(watching.states.getLast().getUnreportedSummary().getCause()).isEqualTo(Cause.CAUSE_GATEWAY_LOST);
    }

    @Test
    void anotherGatewayWithAHigherAttemptTakesTheCallOver() {
        bench.prepared();
        TestGateway first = bench.call();
        bench.time.advance(1000);

        TestGateway second = bench.call(TestBench.offer(1, 2).build());
        bench.until("the greeting goes on", 5000, () -> second.agentTurns().size() == 1);

        assertThat(first.ended.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        finish(second);
        assertThat(second.summary().getFence().getAttempt()).isEqualTo(2);
    }

    @Test
    void aStreamThatDoesNotBeginWithOpenIsRefused() {
        bench.prepared();
        bench.offer(TestBench.offer(1, 1).build());
        List<Status> ends = new ArrayList<>();
        StreamObserver<ConverseRequest> requests = bench.stub.converse(new StreamObserver<>() {
            @Override
            public void onNext(dev.dialplane.contracts.agent.v1.ConverseResponse message) {}

            @Override
            public void onError(Throwable cause) {
                ends.add(Status.fromThrowable(cause));
            }

            @Override
            public void onCompleted() {
                ends.add(Status.OK);
            }
        });
        requests.onNext(ConverseRequest.getDefaultInstance());
        bench.time.settle();

        assertThat(ends)
                .singleElement()
                .satisfies(end -> assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    }

    @Test
    void aCallGoesOnFromTheCheckpointThatAnotherAgentLeft() {
        bench.prepared();
        TestGateway gateway = bench.call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == 2);
        var checkpoint = gateway.all(MessageCase.CHECKPOINT).getLast().message().getCheckpoint();
        finish(gateway);

        TestGateway next =
                bench.call(TestBench.offer(1, 2).setCheckpoint(checkpoint).build());
        bench.time.advance(1000);
        next.say(Recordings.forward());
        bench.until("reply", 10_000, () -> next.agentTurns().size() == 1);

        assertThat(next.callerTurns().getFirst().getIndex()).isEqualTo(2);
        assertThat(bench.models.requests.getLast().getDialogueList())
                .extracting(turn -> turn.getText())
                .containsExactly(
                        "Good morning, City Dental. How can I help?",
                        "When are you open?",
                        "We are open from nine to six, Monday to Saturday.",
                        "When are you open?");
        assertThat(bench.models.requests.getLast().getProviderState().toStringUtf8())
                .isEqualTo("after 1");
    }

    @Test
    void whatAnotherAgentWasSayingWhenItDiedIsSaidAnew() {
        bench.prepared();
        TestGateway gateway = bench.call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        bench.until("reply begins", 10_000, () -> !gateway.callerTurns().isEmpty());
        var checkpoint = gateway.all(MessageCase.CHECKPOINT).getLast().message().getCheckpoint();
        finish(gateway);

        TestGateway next =
                bench.call(TestBench.offer(1, 2).setCheckpoint(checkpoint).build());
        bench.until("reply", 10_000, () -> next.agentTurns().size() == 1);

        assertThat(next.callerTurns())
                .singleElement()
                .satisfies(turn -> assertThat(turn.getIndex()).isEqualTo(1));
        assertThat(next.agentTurns().getFirst().getText())
                .isEqualTo("We are open from nine to six, Monday to Saturday.");
        assertThat(bench.models.requests.getLast().getProviderState())
                .as("the state before the turn, not after it")
                .isEqualTo(com.google.protobuf.ByteString.EMPTY);
    }

    private void finish(TestGateway gateway) {
        gateway.hangUp(Cause.CAUSE_CALLER_HUNG_UP, false);
        bench.until("summary", 1000, () -> gateway.summary() != null);
        gateway.takeSummary();
        bench.until(
                "reset",
                3000,
                () -> bench.agent.phase() instanceof State.Idle
                        || bench.gone != null
                        || bench.agent.phase() instanceof State.Retiring);
    }

    private Answer<AcknowledgeSummaryResponse> acknowledge(int call) {
        Answer<AcknowledgeSummaryResponse> answer = new Answer<>();
        bench.stub.acknowledgeSummary(
                AcknowledgeSummaryRequest.newBuilder()
                        .setFence(TestBench.offer(call, 1).getFence())
                        .build(),
                answer);
        bench.time.settle();
        return answer;
    }

    private Answer<RetireResponse> retire() {
        Answer<RetireResponse> answer = new Answer<>();
        bench.stub.retire(RetireRequest.newBuilder().setPodUid(TestBench.POD).build(), answer);
        bench.time.settle();
        return answer;
    }

    private Watching watch() {
        Watching watching = new Watching();
        bench.stub.watch(WatchRequest.getDefaultInstance(), watching);
        bench.time.settle();
        return watching;
    }

    private static final class Watching implements StreamObserver<WatchResponse> {
        final List<WatchResponse> states = new ArrayList<>();

        List<Phase> phases() {
            return states.stream().map(WatchResponse::getPhase).toList();
        }

        @Override
        public void onNext(WatchResponse state) {
            states.add(state);
        }

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
