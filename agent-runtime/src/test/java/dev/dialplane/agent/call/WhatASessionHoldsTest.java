package dev.dialplane.agent.call;

import static dev.dialplane.agent.call.Leftovers.greetedAndSpeaking;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.ScriptedSpeech;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import io.grpc.Status;
import java.util.function.BiConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As {@link WhatACallHoldsTest}, for calls with one model that hears, thinks and speaks. */
class WhatASessionHoldsTest {
    /** What a call may be in the middle of when the caller hangs up. */
    enum Moment {
        THE_LINE_IS_NOT_OPEN_YET((_, _) -> {}),
        THE_GREETING_IS_SAID((bench, _) -> bench.time.advance(500)),
        THE_CALLER_SPEAKS((bench, gateway) -> {
            greetedAndSpeaking(bench, gateway);
            bench.time.advance(1000);
        }),
        A_TRANSCRIPT_IS_AWAITED((bench, gateway) -> {
            bench.speech.transcriptMillis = 1500;
            greetedAndSpeaking(bench, gateway);
            bench.until("said", 5000, gateway::saidAll);
            bench.time.advance(500);
        }),
        A_RESPONSE_IS_AWAITED((bench, gateway) -> {
            bench.speech.stallAfterWords = 0;
            greetedAndSpeaking(bench, gateway);
            bench.until("hold phrase", 8000, gateway::hearsAgent);
        }),
        A_RESPONSE_IS_ASKED_FOR_AGAIN((bench, gateway) -> {
            bench.speech.failure = ScriptedSpeech.down();
            greetedAndSpeaking(bench, gateway);
            bench.until("said", 5000, gateway::saidAll);
            bench.time.advance(1000);
        }),
        A_SESSION_IS_OPENED_AGAIN((bench, gateway) -> {
            greetedAndSpeaking(bench, gateway);
            bench.time.advance(1000);
            bench.speech.breakOff();
            bench.time.advance(100);
        }),
        A_SPEC_IS_PREPARED_AGAIN((bench, gateway) -> {
            bench.models.prepareMillis = 1000;
            bench.speech.refusal = Status.NOT_FOUND;
            bench.time.advance(500);
            bench.speech.breakOff();
            bench.until("refused", 2000, () -> bench.speech.refusal == null);
            bench.time.advance(100);
        }),
        A_SESSION_WAS_SENT_AWAY((bench, gateway) -> {
            bench.speech.betweenWordsMillis = 150;
            replying(bench, gateway);
            bench.speech.goAway("left");
            bench.time.advance(100);
        }),
        A_REPLY_IS_SPOKEN((bench, gateway) -> {
            bench.speech.betweenWordsMillis = 150;
            replying(bench, gateway);
        }),
        THE_AGENT_PAUSES((bench, gateway) -> {
            replying(bench, gateway);
            gateway.say(Recordings.sentence(400));
            bench.until("pause", 3000, () -> gateway.all(MessageCase.CLEAR).size() == 1);
        }),
        A_TOOL_RUNS((bench, gateway) -> {
            bench.models.toolMillis = 1500;
            bench.speech.replies = _ -> Reply.calling("Let me see.", "orders", "{}");
            greetedAndSpeaking(bench, gateway);
            bench.until("run", 8000, () -> bench.models.invocations.size() == 1);
        });

        private final BiConsumer<TestBench, TestGateway> comes;

        Moment(BiConsumer<TestBench, TestGateway> comes) {
            this.comes = comes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsWithTheCall(Moment moment) {
        try (TestBench bench = new TestBench().with(TestBench.speechToSpeech())) {
            TestGateway gateway = bench.prepared().call();
            moment.comes.accept(bench, gateway);

            Leftovers.none(bench, gateway);
        }
    }

    private static void replying(TestBench bench, TestGateway gateway) {
        bench.speech.replies = _ -> Leftovers.LONG;
        Leftovers.replying(bench, gateway);
    }
}
