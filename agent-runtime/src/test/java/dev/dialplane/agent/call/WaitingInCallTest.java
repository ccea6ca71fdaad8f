package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import io.grpc.Status;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens while somebody waits: the caller for a model, the agent for the caller. */
class WaitingInCallTest {
    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void aSilentCallerIsAskedOnceAndThenSaidGoodbyeTo() {
        TestGateway gateway = greeted();
        long greeted = gateway.nowMs();

        bench.until("prompt", 10_000, () -> gateway.agentTurns().size() == 2);
        bench.until("summary", 30_000, () -> gateway.summary() != null);

        assertThat(gateway.agentTurns())
                .extracting(turn -> turn.getText())
                .containsExactly("Good morning, City Dental. How can I help?", "Are you still there?", "Goodbye.");
        assertThat(gateway.agentTurns().get(1).getStartMs()).isCloseTo(greeted + 8000, within(40L));
        assertThat(gateway.agentTurns().get(2).getStartMs()).isCloseTo(greeted + 20_000, within(40L));
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_CALLER_IDLE);
    }

    @Test
    void aCallerWhoAnswersThePromptIsNotHungUpOn() {
        TestGateway gateway = greeted();
        bench.until("prompt", 12_000, () -> gateway.agentTurns().size() == 2);
        gateway.say(Recordings.forward());
        bench.until("reply", 8000, () -> gateway.agentTurns().size() == 3);

        bench.time.advance(7000);

        assertThat(gateway.summary()).isNull();
    }

    @Test
    void aSlowModelIsBridgedByAHoldPhraseThatIsNoTurn() {
        TestGateway gateway = greeted();
        bench.models.firstPieceMillis = 3000;

        gateway.say(Recordings.forward());
        bench.until("reply is over", 15_000, () -> gateway.agentTurns().size() == 2);

        var fillers = gateway.all(MessageCase.AUDIO).stream()
                .filter(one -> one.message().getAudio().getKind() == AudioKind.AUDIO_KIND_FILLER)
                .toList();
        assertThat(fillers).isNotEmpty();
        long end = gateway.callerTurns().getFirst().getEndMs();
        assertThat(fillers.getFirst().atMs()).isCloseTo(end + 200 + 1500, within(40L));
        assertThat(gateway.agentTurns()).hasSize(2);
    }

    @Test
    void aCoughWhileAReplyHasStoppedComingDoesNotEndTheWaitForItsRest() {
        TestGateway gateway = stalled();
        bench.until("hold phrase", 4000, () -> heardOf(gateway, AudioKind.AUDIO_KIND_FILLER) > 0);
        bench.until("it is over", 3000, () -> !gateway.hearsAgent());

        cough(gateway);
        bench.until(
                "the rest, by another reply", 6000, () -> gateway.agentTurns().size() == 3);

        assertThat(bench.models.requests).hasSize(2);
        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(gateway.agentTurns().get(2).getHeardText()).isEqualTo("Nine to six, Monday to Saturday.");
    }

    @Test
    void aCoughOverAReplyThatStopsComingDoesNotEndTheWaitForItsRest() {
        TestGateway gateway = stalled();

        cough(gateway);
        bench.until(
                "the rest, by another reply", 8000, () -> gateway.agentTurns().size() == 3);

        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(heardOf(gateway, AudioKind.AUDIO_KIND_FILLER)).isPositive();
    }

    @Test
    void aCoughWhileAToolRunsDoesNotEndTheHoldPhrases() {
        TestGateway gateway = greeted();
        bench.models.toolMillis = 7000;
        bench.models.replies = request -> request.getDialogueList().getLast().getSpeaker() == Speaker.SPEAKER_TOOL
                ? Reply.of("It ships today.")
                : Reply.calling("Let me see.", "orders", "{}");
        gateway.say(Recordings.forward());
        bench.until("tool", 6000, () -> !bench.models.invocations.isEmpty());
        bench.until("quiet", 3000, () -> !gateway.hearsAgent());

        cough(gateway);
        bench.until("result", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(heardOf(gateway, AudioKind.AUDIO_KIND_FILLER)).isPositive();
    }

    @Test
    void aReplyThatANoiseStopsWhileItIsMadeIsFollowedByItsRestThoughAHoldPhraseCameBeforeIt() {
        TestGateway gateway = greeted();
        bench.models.betweenPiecesMillis = 400;
        bench.models.replies = request -> Reply.of(
                request.getDialogueList().getLast().getSpeaker() == Speaker.SPEAKER_CALLER
                        ? "Yes, of course we are. We are open from nine in the morning to six in the evening on weekdays."
                        : "And on Saturdays to one.");
        gateway.say(Recordings.forward());
        bench.until("reply", 8000, () -> gateway.callerTurns().size() == 1);

        bench.models.hear("");
        gateway.say(Recordings.sentence(1000));
        bench.until(
                "it stops the reply",
                3000,
                () -> gateway.has(message -> message.getTurnEvent().hasInterrupted()));
        bench.until(
                "the rest, by another reply",
                20_000,
                () -> gateway.agentTurns().getLast().getHeardText().equals("And on Saturdays to one."));

        assertThat(bench.models.requests).hasSize(2);
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    /** A call whose model has said one word of its reply, and then nothing; the next one says the rest. */
    private TestGateway stalled() {
        TestGateway gateway = greeted();
        bench.models.replies = request -> Reply.of(
                request.getDialogueList().getLast().getSpeaker() == Speaker.SPEAKER_CALLER
                        ? "Certainly. We are open from nine to six."
                        : "Nine to six, Monday to Saturday.");
        bench.models.breakAfterPieces = 1;
        bench.models.breakMillis = 40_000;
        gateway.say(Recordings.forward());
        bench.until("the first word", 6000, () -> gateway.callerTurns().size() == 1);
        bench.models.breakAfterPieces = -1;
        return gateway;
    }

    private void cough(TestGateway gateway) {
        bench.models.hear("");
        gateway.say(Recordings.sentence(400));
        bench.until("coughed", 1000, gateway::saidAll);
    }

    private static long heardOf(TestGateway gateway, AudioKind kind) {
        return gateway.kinds.stream().filter(kind::equals).count();
    }

    @Test
    void withoutAnyAnswerTheAgentApologizesAndTheCallEndsWithItsCause() {
        TestGateway gateway = greeted();
        bench.models.mute = true;

        gateway.say(Recordings.forward());
        bench.until("summary", 30_000, () -> gateway.summary() != null);

        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_MODEL_UNAVAILABLE);
        assertThat(gateway.agentTurns().getLast().getHeardText()).isEqualTo("I am sorry, something has gone wrong.");
        assertThat(gateway.all(MessageCase.HANG_UP)).hasSize(1);
    }

    /** Who says "hello?" again and again is not kept waiting for longer than who is silent. */
    @Test
    void aCallerWhoKeepsAskingHearsTheApologyToo() {
        TestGateway gateway = greeted();
        bench.models.mute = true;
        long asked = gateway.nowMs();

        while (gateway.summary() == null && gateway.nowMs() - asked < 60_000) {
            gateway.say(Recordings.forward());
            bench.time.advance(5000);
        }

        assertThat(gateway.summary()).isNotNull();
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_MODEL_UNAVAILABLE);
        assertThat(gateway.nowMs() - asked).isLessThan(30_000);
    }

    @Test
    void aRecognizerThatGoesAwayInMidUtteranceIsFollowedByAnotherThatHearsAllOfIt() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);

        double before = bench.models.heardSeconds;
        bench.models.hear("And on Sunday?");
        bench.models.goAwayAfterMillis = 800;
        gateway.say(Recordings.forward());
        bench.until("second reply is over", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(gateway.callerTurns().getLast().getText()).isEqualTo("And on Sunday?");
        assertThat(bench.models.transcribeStarts)
                .extracting(TranscribeStart::getFinishedUtterances)
                .containsExactly(0, 1);
        assertThat(bench.models.heardSeconds - before).isGreaterThan(before + 0.3);
    }

    @Test
    void aModelThatFailsAndRecoversIsAskedAgain() {
        TestGateway gateway = greeted();
        bench.models.replyFailure = Status.UNAVAILABLE;

        gateway.say(Recordings.forward());
        bench.until("a failed request", 6000, () -> !bench.models.requests.isEmpty());
        bench.time.advance(1000);
        bench.models.replyFailure = null;
        bench.until("reply", 15_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().getLast().getHeardText()).startsWith("We are open");
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    @Test
    void aVoiceThatFailsAndRecoversIsAskedAgain() {
        TestGateway gateway = greeted();
        bench.models.voiceFailure = Status.UNAVAILABLE;

        gateway.say(Recordings.forward());
        bench.until("a failed clause", 6000, () -> !bench.models.clauses.isEmpty());
        bench.time.advance(1000);
        bench.models.voiceFailure = null;
        bench.until("reply", 15_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().getLast().getHeardText()).startsWith("We are open");
    }

    @Test
    void aSpecThatInferenceForgotIsPreparedAgainOnce() {
        TestGateway gateway = greeted();
        bench.models.replyFailure = Status.NOT_FOUND;

        gateway.say(Recordings.forward());
        bench.until("prepared again", 6000, () -> bench.models.preparations == 2);
        bench.models.replyFailure = null;
        bench.until("reply", 15_000, () -> gateway.agentTurns().size() == 2);

        assertThat(bench.models.preparations).isEqualTo(2);
    }

    @Test
    void aCallerWhoGoesOnWhileAForgottenSpecIsPreparedHasItPreparedForTheNextReply() {
        TestGateway gateway = greeted();
        bench.models.replyFailure = Status.NOT_FOUND;
        bench.models.prepareMillis = 1500;

        gateway.say(Recordings.forward());
        bench.until("it is being prepared again", 6000, () -> bench.models.preparations == 2);
        gateway.say(Recordings.forward());
        bench.until("reply", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().getLast().getHeardText()).startsWith("We are open");
    }

    @Test
    void aCallerWhoGoesOnBeforeTheReplyIsHeardIsAnsweredOnceForBoth() {
        TestGateway gateway = greeted();
        bench.models.firstPieceMillis = 1200;
        bench.models.hear("I would like to book");

        gateway.say(Recordings.forward());
        bench.until("a reply is on its way", 8000, () -> !bench.models.requests.isEmpty());
        bench.models.hear("must not begin another utterance");
        gateway.say(Recordings.forward());
        bench.until("reply is over", 15_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(gateway.callerTurns().getFirst().getText()).isEqualTo("I would like to book");
        assertThat(gateway.callerTurns().getFirst().getEndMs()
                        - gateway.callerTurns().getFirst().getStartMs())
                .isGreaterThan(3500);
        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
    }

    @Test
    void aStageThatIsSlowerBy100MillisecondsIsSeenInItsOwnPartAndNoOther() {
        // Slow enough that nothing hides behind the silence.
        ResponseTime usual = respond(_ -> {});
        ResponseTime stt = respond(bench -> bench.models.transcriptMillis += 100);
        ResponseTime llm = respond(bench -> bench.models.firstPieceMillis += 100);
        ResponseTime tts = respond(bench -> bench.models.firstAudioMillis += 100);

        assertPart(usual, stt, 0, 100, 0, 0);
        assertPart(usual, llm, 0, 0, 100, 0);
        assertPart(usual, tts, 0, 0, 0, 100);
    }

    private static void assertPart(ResponseTime usual, ResponseTime slow, int silence, int stt, int llm, int tts) {
        assertThat(slow.getTotalMs() - usual.getTotalMs()).isCloseTo(100, within(1.0));
        assertThat(slow.getSilenceMs() - usual.getSilenceMs()).isCloseTo(silence, within(1.0));
        assertThat(slow.getSttMs() - usual.getSttMs()).isCloseTo(stt, within(1.0));
        assertThat(slow.getLlmMs() - usual.getLlmMs()).isCloseTo(llm, within(1.0));
        assertThat(slow.getTtsMs() - usual.getTtsMs()).isCloseTo(tts, within(1.0));
        assertThat(slow.getOursMs() - usual.getOursMs()).isCloseTo(0, within(1.0));
    }

    private static ResponseTime respond(Consumer<TestBench> change) {
        try (TestBench bench = new TestBench()) {
            bench.models.transcriptMillis = 200;
            bench.models.firstPieceMillis = 300;
            bench.models.firstAudioMillis = 150;
            change.accept(bench);
            TestGateway gateway = bench.prepared().call();
            bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
            gateway.say(Recordings.forward());
            bench.until("reply", 10_000, () -> gateway.agentTurns().size() == 2);
            return gateway.agentTurns().get(1).getResponse();
        }
    }

    @Test
    void theFirstClauseIsSpokenBeforeTheReplyIsWhole() {
        TestGateway gateway = greeted();
        bench.models.betweenPiecesMillis = 200;
        bench.models.replies = _ -> Reply.of("Yes, of course. We are open from nine in the morning to six.");

        gateway.say(Recordings.forward());
        bench.until("audio", 10_000, () -> gateway.callerTurns().size() == 1);

        assertThat(bench.models.clauses).containsExactly("Yes, of course.");
    }

    private TestGateway greeted() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        return gateway;
    }
}
