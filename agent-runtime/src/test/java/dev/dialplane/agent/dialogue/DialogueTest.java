package dev.dialplane.agent.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.turn.Thought.Expected;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialogueTest {
    private final Dialogue dialogue = new Dialogue();

    @ParameterizedTest
    @CsvSource({"We are open, '', 1, false", "We are, open, 1, true", "'', We are open, 0, false", "'', '', 0, false"})
    void whatTheCallerHeardIsATurnAndWhatNobodyHeardIsNone(
            String heard, String notHeard, int turns, boolean interrupted) {
        dialogue.agentSaid(heard, notHeard);

        assertThat(dialogue.turns()).hasSize(turns);
        if (turns > 0) {
            assertThat(dialogue.turns().getFirst()).isEqualTo(new Turn.Agent(heard, notHeard));
            assertThat(new Turn.Agent(heard, notHeard).interrupted()).isEqualTo(interrupted);
        }
    }

    @Test
    void theCallersTurnsAreNumberedFrom1() {
        assertThat(dialogue.callerSaid(new Turn.Caller("Hello."))).isEqualTo(1);
        dialogue.agentSaid("Hello.", "");
        assertThat(dialogue.callerSaid(new Turn.Caller("When are you open?"))).isEqualTo(2);
        assertThat(dialogue.callerTurns()).isEqualTo(2);
    }

    @Test
    void inferenceGetsAllTurnsAndWhatIsJustSaidWithoutItsBeingATurn() {
        dialogue.agentSaid("Good morning.", "How can I help?");

        List<DialogueTurn> sent = dialogue.with(new Turn.Caller("Hello."));

        assertThat(sent)
                .containsExactly(
                        DialogueTurn.newBuilder()
                                .setSpeaker(Speaker.SPEAKER_AGENT)
                                .setText("Good morning.")
                                .setInterrupted(true)
                                .setNotHeard("How can I help?")
                                .build(),
                        DialogueTurn.newBuilder()
                                .setSpeaker(Speaker.SPEAKER_CALLER)
                                .setText("Hello.")
                                .build());
        assertThat(dialogue.turns()).hasSize(1);
    }

    @Test
    void theOldestTurnsAreForgottenTheirNumberIsNot() {
        for (int i = 1; i <= Dialogue.MOST_TURNS + 5; i++) {
            dialogue.callerSaid(new Turn.Caller("turn " + i));
        }

        assertThat(dialogue.turns()).hasSize(Dialogue.MOST_TURNS);
        assertThat(dialogue.turns().getFirst()).isEqualTo(new Turn.Caller("turn 6"));
        assertThat(dialogue.callerTurns()).isEqualTo(Dialogue.MOST_TURNS + 5);
    }

    @Test
    void anotherAgentGoesOnWhereThisOneWas() {
        dialogue.callerSaid(new Turn.Caller("A cleaning, please."));
        dialogue.agentSaid("On which day?", "");
        dialogue.providerState(ByteString.copyFromUtf8("slots"), Expected.VALUE, false);

        Dialogue other = new Dialogue(dialogue.memory());

        assertThat(other.turns()).isEqualTo(dialogue.turns());
        assertThat(other.providerState()).isEqualTo(ByteString.copyFromUtf8("slots"));
        assertThat(other.expected()).isEqualTo(Expected.VALUE);
        assertThat(other.callerSaid(new Turn.Caller("Tuesday."))).isEqualTo(2);
        assertThat(dialogue.turns()).as("the first agent's").hasSize(2);
    }

    @Test
    void whatNobodyHasAnsweredIsForTheNextAgentToAnswerFromTheStateBeforeIt() {
        dialogue.callerSaid(new Turn.Caller("A cleaning, please."));
        dialogue.providerState(ByteString.copyFromUtf8("asked for the day"), Expected.VALUE, false);
        dialogue.agentSaid("On which day?", "");
        dialogue.callerSaid(new Turn.Caller("Tuesday."));
        dialogue.providerState(ByteString.copyFromUtf8("day is known"), Expected.YES_OR_NO, false);

        Dialogue other = new Dialogue(dialogue.memory());

        assertThat(other.takeUnanswered()).hasValue(new Turn.Caller("Tuesday."));
        assertThat(other.takeUnanswered()).as("the agent had the last word").isEmpty();
        assertThat(other.providerState()).isEqualTo(ByteString.copyFromUtf8("asked for the day"));
        assertThat(other.expected()).isEqualTo(Expected.VALUE);
        assertThat(other.callerSaid(new Turn.Caller("Tuesday."))).isEqualTo(2);
    }

    @Test
    void whatMustNotBeKeptIsSoForTheNextAgentToo() {
        dialogue.callerSaid(new Turn.Caller("I want to pay."));
        dialogue.providerState(ByteString.EMPTY, Expected.VALUE, true);
        dialogue.agentSaid("What is the number of your card?", "");
        assertThat(new Dialogue(dialogue.memory()).sensitive()).isTrue();

        dialogue.callerSaid(new Turn.Caller("4 1 1 1."));
        dialogue.providerState(ByteString.EMPTY, Expected.VALUE, false);
        assertThat(dialogue.sensitive()).isFalse();
        Dialogue other = new Dialogue(dialogue.memory());
        assertThat(other.takeUnanswered()).hasValue(new Turn.Caller("4 1 1 1."));
        assertThat(other.sensitive()).as("it hears the turn again").isTrue();
    }

    @Test
    void whatTheCallerSaidToBeingRecordedIsKnownToTheNextAgent() {
        dialogue.agentSaid("May we record this call?", "");
        dialogue.consent(Consent.NONE.asked(1_000, 500));
        assertThat(dialogue.expected()).isEqualTo(Expected.YES_OR_NO);
        assertThat(new Dialogue(dialogue.memory()).consent()).isEqualTo(dialogue.consent());

        dialogue.callerSaid(new Turn.Caller("Yes."));
        dialogue.consent(dialogue.consent().answered(Said.words("Yes.", 600), 2_000, 1));
        Dialogue other = new Dialogue(dialogue.memory());
        assertThat(other.consent())
                .isEqualTo(new Consent(Consent.State.AGREED, 1_000, 500, 2_000, 1, Consent.By.WORDS));
    }

    @Test
    void aToolsResultIsATurnOnceItIsTakenAndIsOwedUntilTheAgentSaysSomething() {
        dialogue.callerSaid(new Turn.Caller("Where is my order?"));
        dialogue.errandsBegin(List.of(ORDERS, WEATHER));
        dialogue.agentSaid("Let me see.", "");
        dialogue.errandDone(ORDERS.key(), "[]");
        assertThat(dialogue.owesResults()).as("one runs").isFalse();
        dialogue.errandDone(WEATHER.key(), "{}");
        assertThat(dialogue.owesResults()).isTrue();

        dialogue.takeResults();

        assertThat(dialogue.turns())
                .containsExactly(
                        new Turn.Caller("Where is my order?"),
                        new Turn.Agent("Let me see.", ""),
                        new Turn.Tool(ORDERS.done("[]")),
                        new Turn.Tool(WEATHER.done("{}")));
        assertThat(dialogue.owesResults()).as("nobody has heard of them").isTrue();
        dialogue.agentSaid("It is on its way.", "");
        assertThat(dialogue.owesResults()).isFalse();
    }

    @Test
    void aCallerWhoSpeaksMeanwhileIsAnsweredWithWhatIsKnown() {
        dialogue.callerSaid(new Turn.Caller("Where is my order?"));
        dialogue.errandsBegin(List.of(ORDERS, WEATHER));
        dialogue.errandDone(ORDERS.key(), "[]");

        assertThat(dialogue.with(new Turn.Caller("Hello?")))
                .extracting(DialogueTurn::getSpeaker)
                .containsExactly(Speaker.SPEAKER_CALLER, Speaker.SPEAKER_TOOL, Speaker.SPEAKER_CALLER);
        dialogue.callerSaid(new Turn.Caller("Hello?"));

        assertThat(dialogue.turns()).element(1).isEqualTo(new Turn.Tool(ORDERS.done("[]")));
        assertThat(dialogue.errands()).containsExactly(WEATHER);
    }

    @Test
    void whereAToolRunsNothingIsTakenBack() {
        dialogue.callerSaid(new Turn.Caller("Where is my order?"));
        dialogue.errandsBegin(List.of(ORDERS));

        Dialogue another = new Dialogue(dialogue.memory());

        assertThat(another.takeUnanswered()).isEmpty();
        assertThat(another.errands()).containsExactly(ORDERS);
    }

    private static final Errand ORDERS = new Errand("1-0", "orders", "{\"number\": 4711}", null);
    private static final Errand WEATHER = new Errand("1-1", "weather", "{}", null);

    @Test
    void whatToolsFoundLongAgoIsForgottenBeforeItIsTooMuchForACheckpoint() {
        Dialogue dialogue = new Dialogue();
        String result = "\"" + "ठ".repeat(16_000) + "\"";
        for (int turn = 1; turn <= 100; turn++) {
            dialogue.callerSaid(new Turn.Caller("And the next?"));
            String key = Errand.key(turn, 0);
            dialogue.errandsBegin(List.of(new Errand(key, "orders", "{}", null)));
            dialogue.errandDone(key, result);
            dialogue.takeResults();
        }

        Memory memory = dialogue.memory();
        assertThat(memory.toBytes().length).isLessThan(Memory.MOST_BYTES);
        List<String> results = memory.turns().stream()
                .flatMap(turn -> turn instanceof Turn.Tool(Errand errand) ? Stream.of(errand.result()) : Stream.empty())
                .toList();
        assertThat(results).hasSize(100).first().isEqualTo(Dialogue.FORGOTTEN);
        assertThat(results).filteredOn(result::equals).hasSize(Dialogue.MOST_RESULTS / result.length());
        assertThat(results).last().isEqualTo(result);
    }
}
