package dev.dialplane.agent.call;

import static dev.dialplane.agent.call.Leftovers.greetedAndSpeaking;

import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.Hold;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.ModelRef;
import io.grpc.Status;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every stream, timer and object of a call ends with it, whatever it is in the middle of.
 *
 * <p>The scripted models share the heap: what they still mean to send holds the stream that it was meant for, and with it
 * the call. So they are slow by less than the two seconds for which an agent waits for its last call to be collected.
 */
class WhatACallHoldsTest {
    /** What a call may be in the middle of when the caller hangs up. */
    enum Moment {
        THE_LINE_IS_NOT_OPEN_YET((_, _) -> {}),
        THE_GREETING_IS_SAID((bench, _) -> bench.time.advance(500)),
        THE_CALLER_SPEAKS((bench, gateway) -> {
            greetedAndSpeaking(bench, gateway);
            bench.time.advance(1000);
        }),
        A_TRANSCRIPT_IS_AWAITED((bench, gateway) -> {
            bench.models.transcriptMillis = 1500;
            greetedAndSpeaking(bench, gateway);
            bench.until("said", 5000, gateway::saidAll);
            bench.time.advance(500);
        }),
        AN_END_OF_TURN_IS_JUDGED((bench, gateway) -> {
            bench.models.predictMillis = 900;
            bench.models.transcriptMillis = 1500;
            greetedAndSpeaking(bench, gateway);
            bench.until("asked", 5000, () -> !bench.models.predictions.isEmpty());
            bench.time.advance(200);
        }),
        A_MODEL_IS_SLOW((bench, gateway) -> {
            bench.models.firstPieceMillis = 4000;
            greetedAndSpeaking(bench, gateway);
            bench.until("asked", 8000, () -> !bench.models.requests.isEmpty());
            bench.time.advance(3000);
        }),
        A_MODEL_IS_ASKED_AGAIN((bench, gateway) -> {
            bench.models.replyFailure = Status.UNAVAILABLE;
            greetedAndSpeaking(bench, gateway);
            bench.until("asked", 8000, () -> bench.models.requests.size() == 2);
            bench.time.advance(100);
        }),
        A_SPEC_IS_PREPARED_AGAIN((bench, gateway) -> {
            bench.models.replyFailure = Status.NOT_FOUND;
            greetedAndSpeaking(bench, gateway);
            bench.until("asked", 8000, () -> bench.models.preparations == 2);
        }),
        A_REPLY_IS_SPOKEN((bench, gateway) -> replying(bench, gateway)),
        THE_AGENT_PAUSES((bench, gateway) -> {
            replying(bench, gateway);
            gateway.say(Recordings.sentence(400));
            bench.until("pause", 3000, () -> gateway.all(MessageCase.CLEAR).size() == 1);
        }),
        AN_INTERRUPTION_HAS_NO_WORDS_YET((bench, gateway) -> {
            replying(bench, gateway);
            bench.models.transcriptMillis = 1500;
            gateway.say(Recordings.sentence(1000));
            bench.until(
                    "interruption",
                    3000,
                    () -> gateway.has(message -> message.getTurnEvent().hasInterrupted()));
            bench.until("said", 3000, gateway::saidAll);
            bench.time.advance(500);
        }),
        THE_CALLER_IS_ON_HOLD((bench, gateway) -> {
            bench.time.advance(500);
            gateway.send(ConverseRequest.newBuilder()
                    .setHold(Hold.newBuilder().setOn(true))
                    .build());
            bench.time.advance(500);
        });

        private final BiConsumer<TestBench, TestGateway> comes;

        Moment(BiConsumer<TestBench, TestGateway> comes) {
            this.comes = comes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsWithTheCall(Moment moment) {
        try (TestBench bench = new TestBench()) {
            AgentSpec.Builder spec = TestBench.spec();
            spec.getPipelineBuilder()
                    .setEndOfTurn(ModelRef.newBuilder().setProvider("scripted").setModel("ends"));
            TestGateway gateway = bench.with(spec).prepared().call();
            moment.comes.accept(bench, gateway);

            Leftovers.none(bench, gateway);
        }
    }

    private static void replying(TestBench bench, TestGateway gateway) {
        bench.models.replies = _ -> Leftovers.LONG;
        bench.models.betweenPiecesMillis = 150;
        Leftovers.replying(bench, gateway);
    }
}
