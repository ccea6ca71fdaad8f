package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.agent.testing.TestBench;
import dev.dialplane.agent.testing.TestGateway;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConsentBy;
import dev.dialplane.contracts.agent.v1.ConsentVerdict;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.ConverseResponse.MessageCase;
import dev.dialplane.contracts.agent.v1.RecordingControl;
import dev.dialplane.contracts.common.v1.Recording;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whether a call may be recorded is asked, and told to the gateway. */
class ConsentInCallTest {
    private static final String QUESTION = "This call may be recorded. Is that all right?";

    private final TestBench bench = recorded();

    @AfterEach
    void close() {
        bench.close();
    }

    private static TestBench recorded() {
        return new TestBench()
                .with(TestBench.spec().setRecording(Recording.newBuilder().setConsent(QUESTION)));
    }

    /** The call, as another agent goes on with it. */
    private static TestGateway next(TestBench bench, Checkpoint checkpoint, int attempt) {
        return bench.prepared()
                .call(TestBench.offer(1, attempt)
                        .setRecords(true)
                        .setCheckpoint(checkpoint)
                        .build());
    }

    private TestGateway call() {
        return bench.prepared().call(TestBench.offer(1, 1).setRecords(true).build());
    }

    private void says(TestGateway gateway, String text) {
        int before = gateway.agentTurns().size();
        bench.models.hear(text);
        gateway.say(Recordings.forward());
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == before + 1);
    }

    private void hearsTheQuestion(TestGateway gateway) {
        bench.until("question", 10_000, () -> gateway.agentTurns().size() == 2);
        assertThat(gateway.agentTurns().getLast().getHeardText()).isEqualTo(QUESTION);
    }

    private static List<RecordingControl> controls(TestGateway gateway) {
        return gateway.all(MessageCase.RECORDING_CONTROL).stream()
                .map(it -> it.message().getRecordingControl())
                .toList();
    }

    @Test
    void whoAgreesIsRecordedFromThenOn() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        assertThat(controls(gateway)).isEmpty();

        says(gateway, "Yes, that's fine.");

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isTrue();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_AGREED);
            assertThat(control.getConsent().getBy()).isEqualTo(ConsentBy.CONSENT_BY_WORDS);
            assertThat(control.getConsent().getAskedUnixMs()).isPositive();
            assertThat(control.getConsent().getAnsweredUnixMs())
                    .isGreaterThan(control.getConsent().getAskedUnixMs());
        });
        assertThat(gateway.agentTurns().getLast().getText()).isEqualTo("Thank you. How can I help you?");
        assertThat(bench.models.requests)
                .as("no model was asked about a mere yes")
                .isEmpty();

        says(gateway, "When are you open?");
        assertThat(controls(gateway)).hasSize(1);
        assertThat(bench.models.requests).hasSize(1);
    }

    @Test
    void whoTakesItBackIsNotRecordedAnyMore() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "Yes.");
        says(gateway, "Please stop recording.");

        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(true, false);
        assertThat(controls(gateway).getLast().getConsent().getVerdict())
                .isEqualTo(ConsentVerdict.CONSENT_VERDICT_DECLINED);
        assertThat(gateway.agentTurns().getLast().getText()).startsWith("All right, this call is not recorded.");
        assertThat(bench.models.requests).isEmpty();
    }

    @Test
    void whoDeclinesIsNotRecorded() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "No, thank you.");
        says(gateway, "Yes, when are you open?");

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isFalse();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_DECLINED);
        });
    }

    @Test
    void whoAsksSomethingInsteadIsAnsweredAndNotRecorded() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "When are you open?");

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isFalse();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_UNCLEAR);
        });
        assertThat(gateway.agentTurns().getLast().getText())
                .isEqualTo("We are open from nine to six, Monday to Saturday.");
    }

    @Test
    void whoAgreesInOneBreathWithARequestIsRecordedAndAnswered() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "Yes, and when are you open?");

        assertThat(controls(gateway))
                .singleElement()
                .satisfies(control -> assertThat(control.getOn()).isTrue());
        assertThat(bench.models.requests).isNotEmpty();
    }

    @Test
    void theQuestionIsHeardToItsEndAndWordsSpokenOverItDoNotAnswerIt() {
        TestGateway gateway = call();
        bench.models.hear("Yes.");
        bench.until("greeting begins", 1000, gateway::hearsAgent);
        gateway.say(Recordings.sentence(700));
        hearsTheQuestion(gateway);
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(false);
        assertThat(gateway.all(MessageCase.CLEAR)).as("it was not cut").isEmpty();
        assertThat(gateway.agentTurns().getLast().getText())
                .as("nor is anybody thanked for them")
                .isNotEqualTo("Thank you. How can I help you?");
    }

    @Test
    void whoPressesOneIsRecordedFromThenOn() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);

        presses(gateway, "1");

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isTrue();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_AGREED);
            assertThat(control.getConsent().getBy()).isEqualTo(ConsentBy.CONSENT_BY_KEY);
            assertThat(control.getConsent().getAnsweredUnixMs())
                    .isGreaterThan(control.getConsent().getAskedUnixMs());
        });
        assertThat(gateway.agentTurns().getLast().getText()).isEqualTo("Thank you. How can I help you?");
        assertThat(bench.models.requests)
                .as("no model was asked about a mere key")
                .isEmpty();

        says(gateway, "Please stop recording.");
        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(true, false);
        assertThat(controls(gateway).getLast().getConsent().getBy())
                .as("it was taken back in words")
                .isEqualTo(ConsentBy.CONSENT_BY_WORDS);
    }

    @Test
    void whoPressesAnyOtherKeyIsNotRecorded() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);

        presses(gateway, "2");

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isFalse();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_DECLINED);
            assertThat(control.getConsent().getBy()).isEqualTo(ConsentBy.CONSENT_BY_KEY);
        });
        assertThat(gateway.agentTurns().getLast().getText()).startsWith("All right, this call is not recorded.");
        assertThat(bench.models.requests).isEmpty();
    }

    @Test
    void aKeyThatIsPressedWhileTheQuestionIsAskedDoesNotAnswerIt() {
        TestGateway gateway = call();
        bench.until("greeting", 10_000, () -> gateway.agentTurns().size() == 1);
        bench.until("question begins", 1_000, gateway::hearsAgent);
        gateway.press("1");
        hearsTheQuestion(gateway);
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == 3);

        assertThat(controls(gateway)).singleElement().satisfies(control -> {
            assertThat(control.getOn()).isFalse();
            assertThat(control.getConsent().getVerdict()).isEqualTo(ConsentVerdict.CONSENT_VERDICT_UNCLEAR);
        });
        assertThat(gateway.all(MessageCase.CLEAR)).as("it was not cut").isEmpty();
        assertThat(gateway.agentTurns().getLast().getText()).isNotEqualTo("Thank you. How can I help you?");
    }

    private void presses(TestGateway gateway, String keys) {
        int before = gateway.agentTurns().size();
        gateway.press(keys);
        bench.until("reply", 10_000, () -> gateway.agentTurns().size() == before + 1);
    }

    @Test
    void aYesToAnotherQuestionIsNone() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        bench.until("idle prompt", 10_000, () -> gateway.agentTurns().size() == 3);
        says(gateway, "Yes.");

        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(false);
    }

    @Test
    void whereNothingWouldBeKeptNobodyIsAsked() {
        TestGateway gateway = bench.prepared().call();
        bench.until("greeting", 10_000, () -> gateway.agentTurns().size() == 1);
        says(gateway, "Yes.");

        assertThat(gateway.agentTurns()).extracting(turn -> turn.getText()).doesNotContain(QUESTION);
        assertThat(controls(gateway)).isEmpty();
    }

    @Test
    void aPoolThatIsNotRecordedAsksNobody() {
        TestGateway gateway = bench.with(TestBench.spec())
                .prepared()
                .call(TestBench.offer(1, 1).setRecords(true).build());
        bench.until("greeting", 10_000, () -> gateway.agentTurns().size() == 1);
        says(gateway, "Yes.");

        assertThat(controls(gateway)).isEmpty();
    }

    @Test
    void whatMustNotBeKeptPausesTheRecordingAndIsInNoTranscript() {
        bench.models.replies = request -> switch (request.getDialogueCount()) {
            case 5 -> Reply.sensitive("What is the number of your card?");
            case 7 -> Reply.sensitive("I have 4 1 1 1. Is that right?");
            default -> Reply.of("It is paid.");
        };
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "Yes.");
        says(gateway, "I want to pay my bill.");
        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(true, false);
        bench.models.partialAfterMillis = 200;
        says(gateway, "It is four one one one and that is all.");
        bench.models.partialAfterMillis = 0;
        says(gateway, "Yes.");

        assertThat(controls(gateway)).extracting(RecordingControl::getOn).containsExactly(true, false, true);
        assertThat(controls(gateway))
                .allMatch(it -> it.getConsent().getVerdict() == ConsentVerdict.CONSENT_VERDICT_AGREED);
        assertThat(gateway.callerTurns())
                .extracting(turn -> turn.getText())
                .containsExactly("Yes.", "I want to pay my bill.", "•••", "•••");
        assertThat(gateway.agentTurns().subList(3, 6))
                .extracting(turn -> turn.getText() + turn.getHeardText())
                .containsExactly("••••••", "••••••", "It is paid.It is paid.");
        assertThat(gateway.received)
                .filteredOn(it -> it.message().getTurnEvent().hasPartialTranscript())
                .noneMatch(it -> it.message()
                        .getTurnEvent()
                        .getPartialTranscript()
                        .getText()
                        .contains("four"));
        assertThat(bench.models.requests.getLast().getDialogueList())
                .as("the model knows")
                .anyMatch(turn -> turn.getText().contains("four one one one"));
    }

    @Test
    void theNextAgentTellsWhatTheCallerSaidAndWhetherToPause() {
        bench.models.replies = request -> Reply.sensitive("What is the number of your card?");
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        says(gateway, "Yes.");
        RecordingControl agreed = controls(gateway).getFirst();
        Checkpoint recorded = lastCheckpoint(gateway);
        says(gateway, "I want to pay my bill.");
        Checkpoint paused = lastCheckpoint(gateway);

        assertThat(firstControlAfter(recorded, 2)).isEqualTo(agreed);
        assertThat(firstControlAfter(paused, 3))
                .isEqualTo(agreed.toBuilder().setOn(false).build());
    }

    @Test
    void theNextAgentKnowsThatAKeyWasPressed() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        presses(gateway, "1");

        assertThat(firstControlAfter(lastCheckpoint(gateway), 2))
                .isEqualTo(controls(gateway).getFirst());
    }

    @Test
    void theNextAgentAnswersAKeyToWhichTheFirstOneDidNot() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        gateway.press("1");
        bench.until("turn", 10_000, () -> gateway.callerTurns().size() == 1);
        Checkpoint unanswered = lastCheckpoint(gateway);

        try (TestBench next = recorded()) {
            TestGateway other = next(next, unanswered, 2);
            next.until("reply", 10_000, () -> other.agentTurns().size() == 1);

            assertThat(other.agentTurns().getFirst().getText()).isEqualTo("Thank you. How can I help you?");
            assertThat(next.models.requests).as("no model was asked").isEmpty();
        }
    }

    private RecordingControl firstControlAfter(Checkpoint checkpoint, int attempt) {
        try (TestBench next = recorded()) {
            TestGateway gateway = next(next, checkpoint, attempt);
            next.time.advance(3_000);
            assertThat(gateway.agentTurns()).as("nobody is asked twice").isEmpty();
            return controls(gateway).getFirst();
        }
    }

    @Test
    void theQuestionIsAnsweredToTheNextAgent() {
        TestGateway gateway = call();
        hearsTheQuestion(gateway);
        Checkpoint asked = lastCheckpoint(gateway);
        try (TestBench next = recorded()) {
            TestGateway other = next(next, asked, 2);
            next.time.advance(1_000);
            assertThat(controls(other)).as("nothing is invented").isEmpty();
        }
    }

    private static Checkpoint lastCheckpoint(TestGateway gateway) {
        return gateway.received.stream()
                .map(TestGateway.Received::message)
                .filter(ConverseResponse::hasCheckpoint)
                .map(ConverseResponse::getCheckpoint)
                .reduce((first, second) -> second)
                .orElseThrow();
    }
}
