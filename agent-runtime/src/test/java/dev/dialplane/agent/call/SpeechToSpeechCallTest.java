package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.life.State;
import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.ScriptedSpeech;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConsentBy;
import dev.dialplane.contracts.agent.v1.ConsentVerdict;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.Dtmf;
import dev.dialplane.contracts.agent.v1.RecordingControl;
import dev.dialplane.contracts.agent.v1.TransferProgress;
import dev.dialplane.contracts.agent.v1.TransferState;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.Recording;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.ActivityEnd;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.Playback;
import dev.dialplane.contracts.inference.v1.PlaybackState;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SessionText;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.contracts.inference.v1.TurnOwner;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls with one model that hears, thinks and speaks, in virtual time, with real speech and the real detector. */
class SpeechToSpeechCallTest {
    private static final String CONSENT = "This call may be recorded. Is that all right?";
    private static final String GREETING = "Good morning, City Dental. How can I help?";
    private static final String LONG =
            "We are open from nine in the morning to six in the evening, Monday to Saturday, and on"
                    + " Sundays from ten to one for emergencies only.";

    private final TestBench bench = new TestBench().with(TestBench.speechToSpeech());

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void itIsHeldByOneStreamToItsEnd() {
        bench.speech.hear("When are you open?");
        bench.speech.hear("Thank you, goodbye.");
        bench.speech.replies = text -> text.startsWith("When")
                ? Reply.of("We are open from nine to six.")
                : new Reply(
                        "You are welcome. Goodbye.",
                        List.of(Action.newBuilder()
                                .setKind(ActionKind.ACTION_KIND_HANG_UP)
                                .build()),
                        Expecting.EXPECTING_NOTHING);
        TestGateway gateway = greeted();

        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);
        gateway.say(Recordings.forward());
        bench.until("call is over", 10_000, () -> gateway.summary() != null);
        gateway.takeSummary();
        bench.until("idle again", 5000, () -> bench.agent.phase() instanceof State.Idle);

        assertThat(gateway.callerTurns())
                .extracting(turn -> turn.getText())
                .containsExactly("When are you open?", "Thank you, goodbye.");
        assertThat(said(gateway))
                .containsExactly(GREETING, "We are open from nine to six.", "You are welcome. Goodbye.");
        assertThat(gateway.agentTurns().get(1).getServedBy()).isEqualTo("scripted/speech");
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_AGENT_HUNG_UP);
        assertThat(gateway.summary().getUsage().getLlmInputTokens()).isEqualTo(20);
        assertThat(gateway.summary().getResponsesList())
                .hasSize(2)
                .allSatisfy(response -> assertThat(response.getTotalMs()).isBetween(150.0, 450.0));
        assertThat(bench.speech.starts).hasSize(1);
        assertThat(bench.models.transcribeStarts).isEmpty();
        assertThat(bench.models.requests).isEmpty();
        assertThat(bench.client.openStreams()).isZero();
    }

    @Test
    void theCarriersAudioGoesToTheModelAsItCame() {
        TestGateway gateway = greeted();
        byte[] clip = Recordings.forward();

        gateway.say(clip);
        bench.until("reply", 10_000, () -> gateway.callerTurns().size() == 1);

        assertThat(bench.speech.starts.getFirst().getFormatIn().getCodec()).isEqualTo(Codec.CODEC_PCMU);
        byte[] heard = bench.speech.heard.toByteArray();
        // The loudest part of the clip, wherever it is in what was sent; in µ-law zero has two codes.
        byte[] part = java.util.Arrays.copyOfRange(clip, clip.length / 2, clip.length / 2 + 400);
        assertThat(indexOf(positiveZeros(heard), positiveZeros(part))).isPositive();
    }

    private static byte[] positiveZeros(byte[] muLaw) {
        byte[] same = muLaw.clone();
        for (int i = 0; i < same.length; i++) {
            same[i] = same[i] == 0x7F ? (byte) 0xFF : same[i];
        }
        return same;
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void itKnowsTheGreetingThatItDidNotMake() {
        greeted();

        assertThat(texts())
                .singleElement()
                .satisfies(text -> assertThat(text.getSpeaker()).isEqualTo(Speaker.SPEAKER_AGENT))
                .satisfies(text -> assertThat(text.getText()).isEqualTo(GREETING));
    }

    @Test
    void afterAnInterruptionTheModelKeepsWhatWasHeard() {
        TestGateway gateway = speaking();
        bench.speech.hear("Wait, and on Sundays?");
        bench.speech.replies = _ -> Reply.of("On Sundays from ten to one.");

        gateway.say(Recordings.forward());
        bench.until(
                "the interruption's reply is over",
                15_000,
                () -> gateway.agentTurns().size() == 3);

        AgentTurn cut = gateway.agentTurns().get(1);
        assertThat(cut.getInterrupted()).isTrue();
        assertThat(LONG).startsWith(cut.getHeardText()).isNotEqualTo(cut.getHeardText());
        var interrupt = bench.speech
                .all(SpeechToSpeechRequest.MessageCase.INTERRUPT)
                .getFirst()
                .getInterrupt();
        Playback flushed = playbacks().stream()
                .filter(it -> it.getState() == PlaybackState.PLAYBACK_STATE_FLUSHED)
                .findFirst()
                .orElseThrow();
        assertThat(interrupt.getResponseId()).isEqualTo(flushed.getResponseId());
        assertThat(interrupt.getPlayedMs()).isEqualTo(flushed.getPlayedMs());
        // Heard is what the played audio says, to the word: 15 characters a second.
        assertThat((cut.getHeardText().length() + 1) * 1000 / 15).isCloseTo(flushed.getPlayedMs(), within(700));
        List<SpeechToSpeechRequest> told = bench.speech.received;
        int flushedAt = told.indexOf(
                SpeechToSpeechRequest.newBuilder().setPlayback(flushed).build());
        int askedAt = lastRespond();
        assertThat(flushedAt)
                .as("before it responds, the model knows what was heard")
                .isLessThan(askedAt);
        assertThat(said(gateway)).element(2).isEqualTo("On Sundays from ten to one.");
    }

    @Test
    void aListenersSoundLeavesTheReplyAndIsForgotten() {
        TestGateway gateway = speaking();
        bench.speech.hear("Mhm.");

        gateway.say(Recordings.sentence(400));
        bench.until("the reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(bench.speech.all(SpeechToSpeechRequest.MessageCase.INTERRUPT))
                .isEmpty();
        assertThat(bench.speech
                        .all(SpeechToSpeechRequest.MessageCase.ACTIVITY)
                        .getLast()
                        .getActivity()
                        .getEnd())
                .isEqualTo(ActivityEnd.ACTIVITY_END_NOTHING);
        assertThat(playbacks()).extracting(Playback::getState).endsWith(PlaybackState.PLAYBACK_STATE_DONE);
    }

    @Test
    void aReplyToWhatWasOnlyTheBeginningIsInterruptedBeforeItWasHeard() {
        // May be all or not: a reply is made, and is said only after 620 ms of silence.
        bench.speech.hear("Sunday");
        bench.speech.usualUtterance = "Sunday";
        TestGateway gateway = greeted();
        gateway.say(Recordings.sentence(900));
        bench.until("a reply is made", 4000, () -> responds() == 1);
        bench.speech.hear("Sunday morning, please.");
        gateway.say(Recordings.sentence(900));
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(playbacks()).extracting(Playback::getResponseId).containsOnly(playedReply());
        assertThat(bench.speech.all(SpeechToSpeechRequest.MessageCase.ACTIVITY).stream()
                        .filter(it -> it.getActivity().getOn())
                        .count())
                .as("one turn, of which the caller went on")
                .isEqualTo(2);
    }

    @Test
    void keysAreOfTheTurn() {
        TestGateway gateway = greeted();
        for (String digit : List.of("4", "2", "#")) {
            gateway.send(ConverseRequest.newBuilder()
                    .setDtmf(Dtmf.newBuilder().setDigit(digit))
                    .build());
            bench.time.advance(300);
        }
        bench.speech.replies = Reply::of;
        bench.until("reply is over", 8000, () -> gateway.agentTurns().size() == 2);

        assertThat(bench.speech.all(SpeechToSpeechRequest.MessageCase.DTMF))
                .extracting(it -> it.getDtmf().getDigit())
                .containsExactly("4", "2", "#");
        assertThat(gateway.callerTurns().getFirst().getText()).isEqualTo("42");
        assertThat(bench.speech.starts).hasSize(1);
    }

    @Test
    void aToolIsRunOnceTheTurnCountsAndItsResultIsTold() {
        bench.models.tools = _ -> InvokeResponse.newBuilder()
                .setOutputJson("{\"ships\": \"today\"}")
                .build();
        bench.speech.replies = text -> text.startsWith("{")
                ? Reply.of("It ships today.")
                : Reply.calling("Let me see.", "orders", "{\"number\": 4711}");
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());

        bench.until("told", 10_000, () -> said(gateway).size() == 3);

        assertThat(said(gateway)).containsExactly(GREETING, "Let me see.", "It ships today.");
        assertThat(bench.models.invocations).hasSize(1);
        ToolResult result = bench.speech
                .all(SpeechToSpeechRequest.MessageCase.TOOL_RESULT)
                .getFirst()
                .getToolResult();
        assertThat(result.getToolCallId()).as("the model's own id").endsWith("/0");
        assertThat(result.getOutputJson()).isEqualTo("{\"ships\": \"today\"}");
        assertThat(result.getRespond()).isTrue();
    }

    @Test
    void aSessionThatIsSentAwayGoesOnInAnotherUnheard() {
        bench.speech.betweenWordsMillis = 150;
        TestGateway gateway = speaking();
        bench.speech.goAway("left");
        bench.until("the reply is over", 20_000, () -> gateway.agentTurns().size() == 2);
        bench.time.advance(500);
        gateway.say(Recordings.forward());
        bench.until("the next one, too", 20_000, () -> gateway.agentTurns().size() == 3);

        assertThat(said(gateway)).containsExactly(GREETING, LONG, LONG);
        assertThat(gateway.callerTurns()).hasSize(2);
        assertThat(bench.speech.starts).hasSize(2);
        assertThat(bench.speech.streams()).isEqualTo(1);
        SessionStart again = bench.speech.starts.get(1);
        assertThat(again.getResumeToken()).startsWith("after reply-");
        assertThat(again.getHistoryList()).extracting(DialogueTurn::getText).startsWith(GREETING, "When are you open?");
        assertThat(texts()).as("what was heard after it began").anySatisfy(text -> {
            assertThat(text.getText()).isEqualTo(LONG);
            assertThat(text.getSpeaker()).isEqualTo(Speaker.SPEAKER_AGENT);
        });
    }

    @Test
    void aSessionThatIsSentAwayWhileTheCallerSpeaksHearsTheWholeTurnElsewhere() {
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("heard", 4000, () -> bench.speech.heard.size() > 8 * 700);
        bench.speech.goAway("left");
        int before = bench.speech.heard.size();
        bench.until("reply is over", 15_000, () -> gateway.agentTurns().size() == 2);

        assertThat(bench.speech.starts).hasSize(2);
        assertThat(bench.speech.starts.get(1).getResumeToken()).isEqualTo("left");
        assertThat(bench.speech.heard.size()).isGreaterThan(2 * before);
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    @Test
    void aSessionThatBreaksBeforeTheReplyIsFollowedByAnotherThatReplies() {
        bench.speech.firstAudioMillis = 1000;
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("asked", 8000, () -> responds() == 1);

        bench.speech.breakOff();
        bench.until("reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(bench.speech.starts).hasSize(2);
        assertThat(said(gateway)).element(1).isEqualTo("We are open from nine to six, Monday to Saturday.");
    }

    @Test
    void inferenceThatHasForgottenTheSpecIsAskedToPrepareIt() {
        bench.speech.refusal = Status.NOT_FOUND;
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(bench.models.preparations).isEqualTo(2);
    }

    @Test
    void aModelThatWantsToOwnTheTurnIsNotTaken() {
        bench.speech.turnOwner = TurnOwner.TURN_OWNER_SERVER_VAD;
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("given up", 20_000, () -> gateway.summary() != null);

        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_MODEL_UNAVAILABLE);
        assertThat(gateway.callerTurns()).isEmpty();
    }

    @Test
    void aStallIsBridgedByHoldPhrasesAndGivenUpAtLast() {
        bench.speech.stallAfterWords = 0;
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("asked", 8000, () -> responds() == 1);
        long asked = gateway.nowMs();
        bench.until("hold phrase", 2500, gateway::hearsAgent);
        assertThat(gateway.nowMs() - asked).isBetween(1200L, 1800L);

        bench.until("given up", 20_000, () -> gateway.summary() != null);
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_MODEL_UNAVAILABLE);
        assertThat(said(gateway)).last().isEqualTo("I am sorry, something has gone wrong.");
    }

    @Test
    void aResponseThatFailsIsAskedForAgain() {
        bench.speech.failure = ScriptedSpeech.down();
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("asked twice", 8000, () -> responds() == 2);
        bench.speech.failure = null;
        bench.until("reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.summary()).isNull();
        assertThat(bench.speech.starts).as("the session goes on").hasSize(1);
    }

    @Test
    void anotherAgentGoesOnWithTheCheckpoint() {
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 2);
        Checkpoint left =
                gateway.all(MessageCase.CHECKPOINT).getLast().message().getCheckpoint();

        try (TestBench another = new TestBench().with(TestBench.speechToSpeech())) {
            TestGateway next = another.prepared()
                    .call(TestBench.offer(1, 2).setCheckpoint(left).build());
            another.time.advance(500);
            next.say(Recordings.forward());
            another.until("reply is over", 10_000, () -> next.agentTurns().size() == 1);

            SessionStart start = another.speech.starts.getFirst();
            assertThat(start.getResumeToken()).isEqualTo("after reply-1");
            assertThat(start.getHistoryList())
                    .extracting(DialogueTurn::getText)
                    .containsExactly(
                            GREETING, "When are you open?", "We are open from nine to six, Monday to Saturday.");
            assertThat(next.callerTurns().getFirst().getIndex()).isEqualTo(2);
        }
    }

    @Test
    void anotherAgentAnswersWhatTheFirstOneDidNot() {
        bench.speech.betweenWordsMillis = 200;
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("reply begins", 10_000, () -> gateway.callerTurns().size() == 1);
        Checkpoint left =
                gateway.all(MessageCase.CHECKPOINT).getLast().message().getCheckpoint();

        try (TestBench another = new TestBench().with(TestBench.speechToSpeech())) {
            another.speech.replies = text -> Reply.of("You asked: " + text);
            TestGateway next = another.prepared()
                    .call(TestBench.offer(1, 2).setCheckpoint(left).build());
            another.until("reply is over", 10_000, () -> next.agentTurns().size() == 1);

            assertThat(said(next)).containsExactly("You asked: When are you open?");
            assertThat(another.speech.starts.getFirst().getHistoryList()).hasSize(1);
        }
    }

    @Test
    void whoAgreesToBeRecordedIsAnsweredByTheAgentAndTheModelIsTold() {
        TestGateway gateway = askedToBeRecorded();
        bench.speech.hear("Yes, that's fine.");
        gateway.say(Recordings.forward());
        bench.until("thanks", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(consents(gateway))
                .singleElement()
                .satisfies(it -> assertThat(it.getOn()).isTrue());
        assertThat(said(gateway)).containsExactly(GREETING, CONSENT, "Thank you. How can I help you?");
        assertThat(texts())
                .extracting(SessionText::getText)
                .containsExactly(GREETING, CONSENT, "Yes, that's fine.", "Thank you. How can I help you?");
        assertThat(playbacks()).as("the model has made nothing").isEmpty();

        bench.speech.hear("When are you open?");
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 4);
        assertThat(said(gateway).getLast()).isEqualTo("We are open from nine to six, Monday to Saturday.");
        assertThat(bench.speech.starts).hasSize(1);
    }

    @Test
    void whoPressesOneToBeRecordedIsAnsweredByTheAgentAndTheModelIsTold() {
        TestGateway gateway = askedToBeRecorded();
        gateway.press("1");
        bench.until("thanks", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(consents(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isTrue();
            assertThat(control.getConsent().getBy()).isEqualTo(ConsentBy.CONSENT_BY_KEY);
        });
        assertThat(said(gateway)).containsExactly(GREETING, CONSENT, "Thank you. How can I help you?");
        assertThat(texts())
                .extracting(SessionText::getText)
                .containsExactly(GREETING, CONSENT, "1", "Thank you. How can I help you?");
        assertThat(playbacks()).as("the model has made nothing").isEmpty();

        bench.speech.hear("When are you open?");
        gateway.say(Recordings.forward());
        bench.until("reply is over", 10_000, () -> gateway.agentTurns().size() == 4);
        assertThat(said(gateway).getLast()).isEqualTo("We are open from nine to six, Monday to Saturday.");
    }

    @Test
    void whoPressesAnotherKeyIsNotRecorded() {
        TestGateway gateway = askedToBeRecorded();
        gateway.press("2");
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(consents(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isFalse();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_DECLINED);
        });
        assertThat(said(gateway).getLast()).startsWith("All right, this call is not recorded.");
    }

    private TestGateway askedToBeRecorded() {
        bench.with(
                TestBench.speechToSpeech().setRecording(Recording.newBuilder().setConsent(CONSENT)));
        TestGateway gateway =
                bench.prepared().call(TestBench.offer(1, 1).setRecords(true).build());
        bench.until("question", 10_000, () -> gateway.agentTurns().size() == 2);
        return gateway;
    }

    private static List<RecordingControl> consents(TestGateway gateway) {
        return gateway.all(MessageCase.RECORDING_CONTROL).stream()
                .map(it -> it.message().getRecordingControl())
                .toList();
    }

    @Test
    void theCallerIsPutThroughWhenTheModelHasSaidSo() {
        bench.with(TestBench.speechToSpeech()
                .addTransferTargets(TransferTarget.newBuilder().setName("desk").setTo("+15550100")));
        bench.speech.replies = _ -> new Reply(
                "I put you through.",
                List.of(Action.newBuilder()
                        .setKind(ActionKind.ACTION_KIND_TRANSFER)
                        .setTarget("desk")
                        .build()),
                Expecting.EXPECTING_NOTHING);
        TestGateway gateway = greeted();

        gateway.say(Recordings.forward());
        bench.until("transfer", 10_000, () -> !gateway.all(MessageCase.TRANSFER).isEmpty());

        assertThat(said(gateway)).containsExactly(GREETING, "I put you through.");
        assertThat(gateway.all(MessageCase.TRANSFER))
                .singleElement()
                .satisfies(
                        it -> assertThat(it.message().getTransfer().getTarget()).isEqualTo("desk"));
        gateway.send(ConverseRequest.newBuilder()
                .setTransferProgress(TransferProgress.newBuilder().setState(TransferState.TRANSFER_STATE_CONNECTED))
                .build());
        bench.until("call is over", 10_000, () -> gateway.summary() != null);
        assertThat(gateway.summary().getCause()).isEqualTo(Cause.CAUSE_TRANSFERRED);
    }

    private TestGateway greeted() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        return gateway;
    }

    /** A call in which the agent is in the middle of its long reply. */
    private TestGateway speaking() {
        bench.speech.hear("When are you open?");
        bench.speech.replies = _ -> Reply.of(LONG);
        TestGateway gateway = greeted();
        gateway.say(Recordings.forward());
        bench.until("reply", 10_000, () -> gateway.callerTurns().size() == 1);
        bench.time.advance(1500);
        return gateway;
    }

    private static List<String> said(TestGateway gateway) {
        return gateway.agentTurns().stream().map(AgentTurn::getHeardText).toList();
    }

    private List<SessionText> texts() {
        return bench.speech.all(SpeechToSpeechRequest.MessageCase.TEXT).stream()
                .map(SpeechToSpeechRequest::getText)
                .toList();
    }

    private List<Playback> playbacks() {
        return bench.speech.all(SpeechToSpeechRequest.MessageCase.PLAYBACK).stream()
                .map(SpeechToSpeechRequest::getPlayback)
                .toList();
    }

    private String playedReply() {
        return playbacks().getFirst().getResponseId();
    }

    private static boolean asksForResponse(SpeechToSpeechRequest request) {
        return request.hasActivity()
                && !request.getActivity().getOn()
                && request.getActivity().getEnd() == ActivityEnd.ACTIVITY_END_UNSPECIFIED;
    }

    private long responds() {
        return bench.speech.received.stream()
                .filter(SpeechToSpeechCallTest::asksForResponse)
                .count();
    }

    private int lastRespond() {
        int last = -1;
        for (int i = 0; i < bench.speech.received.size(); i++) {
            last = asksForResponse(bench.speech.received.get(i)) ? i : last;
        }
        return last;
    }
}
