package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.agent.testing.TestGateway.Received;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.common.v1.InterruptionMode;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interruptions with real speech: what stops, how fast, what is remembered, and what goes on. */
class InterruptionInCallTest {
    private static final String LONG =
            "We are open from nine in the morning to six in the evening, Monday to Saturday, and on"
                    + " Sundays from ten to one for emergencies only.";

    private final TestBench bench = new TestBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theAgentFallsSilentWithin150MillisecondsOfTheOnsetAndRemembersOnlyWhatWasHeard() {
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.hear("Wait, and on Sundays?");
        bench.models.replies = _ -> Reply.of("On Sundays from ten to one.");

        long said = say(gateway, Recordings.forward());
        bench.until(
                "the interruption's reply is over",
                15_000,
                () -> gateway.agentTurns().size() == 3);

        // In the clip the sound of "go" begins 500 ms after its first sample.
        Received clear = gateway.all(MessageCase.CLEAR).getFirst();
        assertThat(clear.atMs() - said - 500).isBetween(0L, 150L);
        var cut = gateway.agentTurns().get(1);
        assertThat(cut.getInterrupted()).isTrue();
        assertThat(LONG).startsWith(cut.getHeardText()).isNotEqualTo(cut.getHeardText());
        assertThat(cut.getHeardText().length() * 1000L / 15).isCloseTo(clear.atMs() - cut.getStartMs(), within(600L));
        List<DialogueTurn> dialogue = bench.models.requests.getLast().getDialogueList();
        assertThat(dialogue.get(2).getText()).isEqualTo(cut.getHeardText());
        assertThat(dialogue.get(2).getInterrupted()).isTrue();
        assertThat(dialogue.get(2).getText() + " " + dialogue.get(2).getNotHeard())
                .isEqualTo(LONG);
        assertThat(dialogue.get(3).getText()).isEqualTo("Wait, and on Sundays?");
        assertThat(gateway.summary()).isNull();
        assertThat(gateway.has(message -> message.getTurnEvent().hasInterrupted()))
                .isTrue();
    }

    @Test
    void nothingOfTheOldReplyLeavesAfterTheClear() {
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.hear("Stop.");
        bench.models.firstPieceMillis = 2000;

        say(gateway, Recordings.forward());
        bench.until("clear", 2000, () -> !gateway.all(MessageCase.CLEAR).isEmpty());
        int before = gateway.all(MessageCase.AUDIO).size();
        bench.until("said", 5000, gateway::saidAll);

        assertThat(gateway.all(MessageCase.AUDIO)).hasSize(before);
    }

    @Test
    void anInterruptionStopsModelAndVoice() {
        bench.models.betweenPiecesMillis = 150;
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.hear("Stop.");
        assertThat(bench.models.canceled).isZero();

        say(gateway, Recordings.forward());
        bench.until(
                "interruption",
                3000,
                () -> gateway.has(message -> message.getTurnEvent().hasInterrupted()));
        bench.time.advance(5);

        assertThat(bench.models.canceled).as("one reply and one synthesis").isEqualTo(2);
    }

    @Test
    void afterAListenersSoundTheReplyGoesOnAtTheWordThatWasCutAndIsHeardWhole() {
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.hear("Mhm.");

        say(gateway, Recordings.sentence(400));
        bench.until("pause", 2000, () -> !gateway.all(MessageCase.CLEAR).isEmpty());
        bench.until("the reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.agentTurns().get(1).getInterrupted()).isFalse();
        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(bench.models.requests).hasSize(1);
        long resumedAfter = gateway.all(MessageCase.AUDIO).stream()
                        .filter(audio -> audio.message().getAudio().getGeneration() == 2)
                        .findFirst()
                        .orElseThrow()
                        .atMs()
                - gateway.all(MessageCase.CLEAR).getFirst().atMs();
        assertThat(resumedAfter).isLessThanOrEqualTo(720);
    }

    @Test
    void aNoiseLongerThanMinSpeechWithoutAWordCutsTheReplyWhichThenGoesOn() {
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.hear("");

        say(gateway, Recordings.sentence(1500));
        bench.until("the reply is over", 25_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.has(message -> message.getTurnEvent().hasInterrupted()))
                .isTrue();
        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    @Test
    void aNoiseThatTheRecognizerNeverAnswersSilencesTheAgentNoLongerThanResumeAfter() {
        TestGateway gateway = speaking(bench.prepared(), TestBench.offer(1, 1).build());
        bench.models.transcriptMillis = 600_000;

        say(gateway, Recordings.sentence(1000));
        bench.until("cut", 2000, () -> !gateway.all(MessageCase.CLEAR).isEmpty());
        long cut = gateway.nowMs();
        bench.until("goes on", 4000, gateway::hearsAgent);

        assertThat(gateway.nowMs() - cut).isBetween(1900L, 2100L);
        bench.until("the reply is over", 25_000, () -> gateway.agentTurns().size() == 2);
        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.agentTurns().get(1).getInterrupted()).isFalse();
    }

    @Test
    void aCarrierThatCanPauseIsPausedAndResumedWithinTheSameGeneration() {
        OfferRequest.Builder offer = TestBench.offer(1, 1);
        offer.getCarrierBuilder().setPause(true);
        TestGateway gateway = speaking(bench.prepared(), offer.build());
        bench.models.hear("Uh-huh.");

        say(gateway, Recordings.sentence(400));
        bench.until("the reply is over", 20_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.all(MessageCase.PAUSE)).hasSize(1);
        assertThat(gateway.all(MessageCase.RESUME)).hasSize(1);
        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
    }

    @Test
    void aCarrierThatWasPausedIsClearedWhenItWasAnInterruption() {
        OfferRequest.Builder offer = TestBench.offer(1, 1);
        offer.getCarrierBuilder().setPause(true);
        TestGateway gateway = speaking(bench.prepared(), offer.build());
        bench.models.hear("What about Sunday?");

        say(gateway, Recordings.forward());
        bench.until("the next reply is over", 25_000, () -> gateway.agentTurns().size() == 3);

        assertThat(gateway.all(MessageCase.PAUSE)).hasSize(1);
        assertThat(gateway.all(MessageCase.CLEAR)).hasSize(1);
        assertThat(gateway.agentTurns().get(1).getInterrupted()).isTrue();
    }

    @Test
    void inModeNeverTheReplyIsFinishedAndTheCallersWordsAreAnsweredAfterwards() {
        TestGateway gateway = speaking(
                bench.with(spec(InterruptionMode.INTERRUPTION_MODE_NEVER)).prepared(),
                TestBench.offer(1, 1).build());
        bench.models.hear("And on Sunday?");
        bench.models.replies = _ -> Reply.of("From ten to one.");

        say(gateway, Recordings.forward());
        bench.until("the next reply is over", 25_000, () -> gateway.agentTurns().size() == 3);

        assertThat(gateway.all(MessageCase.CLEAR)).isEmpty();
        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.callerTurns().get(1).getText()).isEqualTo("And on Sunday?");
    }

    @Test
    void inModeImmediateTheFirstConfirmedSpeechInterrupts() {
        TestGateway gateway = speaking(
                bench.with(spec(InterruptionMode.INTERRUPTION_MODE_IMMEDIATE)).prepared(),
                TestBench.offer(1, 1).build());
        bench.models.hear("Sunday?");

        say(gateway, Recordings.forward());
        bench.until("clear", 2000, () -> !gateway.all(MessageCase.CLEAR).isEmpty());

        assertThat(gateway.has(message -> message.getTurnEvent().hasInterrupted()))
                .isTrue();
    }

    @Test
    void onceItIsKnownTheAgentsOwnEchoDoesNotMakeItPause() {
        TestGateway gateway = echoing(-15);

        bench.until("the reply is over", 30_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.all(MessageCase.CLEAR)).hasSize(clearsBefore);
        assertThat(gateway.callerTurns()).hasSize(1);
        assertThat(gateway.has(message -> message.getTurnEvent().hasCallerSpeech()))
                .as("it was loud enough for the detector")
                .isTrue();
    }

    @Test
    void aLossOfTheLineDoesNotMakeItForgetItsEcho() {
        TestGateway gateway = echoing(-15);

        gateway.loses(50);
        bench.until("the reply is over", 30_000, () -> gateway.agentTurns().size() == 2);

        assertThat(gateway.agentTurns().get(1).getHeardText()).isEqualTo(LONG);
        assertThat(gateway.all(MessageCase.CLEAR)).hasSize(clearsBefore);
        assertThat(gateway.callerTurns()).hasSize(1);
    }

    @Test
    void overItsEchoTheAgentIsInterruptedAsWithoutOne() {
        TestGateway gateway = echoing(-15);
        bench.time.advance(1000);
        bench.models.hear("Wait, and on Sundays?");

        long said = say(gateway, Recordings.forward());
        bench.until("clear", 5000, () -> gateway.all(MessageCase.CLEAR).size() > clearsBefore);
        // "Go" begins 500 ms after the clip's first sample; 100 ms more than without an echo.
        assertThat(gateway.all(MessageCase.CLEAR).get(clearsBefore).atMs() - said - 500)
                .isBetween(0L, 250L);
        bench.until(
                "the caller's words count", 15_000, () -> gateway.callerTurns().size() == 2);
    }

    @Test
    void whoGoesOnAtOnceIsNotHeardToSayTheLastWordAgain() {
        bench.models.transcriptMillis = 0;
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.sentence(1200));
        bench.until("said", 3000, gateway::saidAll);
        bench.until("reply", 3000, gateway::hearsAgent);
        gateway.say(Recordings.sentence(1200));
        bench.until("both count", 10_000, () -> gateway.callerTurns().size() == 2);

        long taken = gateway.callerTurns().getFirst().getEndMs();
        assertThat(gateway.callerTurns().get(1).getStartMs() - taken)
                .as("too short a pause for what is heard before a word")
                .isLessThan(300);
        assertThat(bench.models.heardFrom.getLast()).isBetween(taken, taken + 20);
    }

    private int clearsBefore;

    /** A call in which the agent has heard its own echo for a while, and is in the middle of its long reply. */
    private TestGateway echoing(double gainDb) {
        bench.models.voice = Recordings.at16Khz(Recordings.sentence(4000));
        bench.models.hear("");
        TestGateway gateway =
                bench.with(TestBench.spec().setGreeting(LONG)).prepared().call();
        gateway.echoes(180, gainDb);
        bench.until("greeting is over", 40_000, () -> gateway.agentTurns().size() == 1);
        bench.models.hear("When are you open?");
        bench.models.replies = _ -> Reply.of(LONG);
        gateway.say(Recordings.forward());
        bench.until("reply", 10_000, () -> gateway.callerTurns().size() == 1);
        bench.models.hear("");
        // The breath at the recording's end is heard into the reply's beginning, for which the agent may pause.
        bench.time.advance(2000);
        clearsBefore = gateway.all(MessageCase.CLEAR).size();
        return gateway;
    }

    /** A call in which the agent is in the middle of its long reply. */
    private TestGateway speaking(TestBench prepared, OfferRequest offer) {
        prepared.models.hear("When are you open?");
        prepared.models.replies = _ -> Reply.of(LONG);
        TestGateway gateway = prepared.call(offer);
        prepared.until("greeting is over", 5000, () -> gateway.agentTurns().size() == 1);
        gateway.say(Recordings.forward());
        prepared.until("reply", 10_000, () -> gateway.callerTurns().size() == 1);
        prepared.time.advance(1500);
        return gateway;
    }

    private long say(TestGateway gateway, byte[] clip) {
        gateway.say(clip);
        return gateway.nowMs();
    }

    private static dev.dialplane.contracts.common.v1.AgentSpec.Builder spec(InterruptionMode mode) {
        var spec = TestBench.spec();
        spec.getTurnTakingBuilder().getInterruptionBuilder().setMode(mode);
        return spec;
    }
}
