package dev.dialplane.inference.answers;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.SlotType;
import dev.dialplane.contracts.common.v1.Then;
import dev.dialplane.contracts.common.v1.ThenAction;
import dev.dialplane.contracts.inference.v1.Expecting;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static final LocalDate THURSDAY = LocalDate.of(2026, 11, 19);
    private static final Slot DAY = slot("day", SlotType.SLOT_TYPE_DATE);
    private static final Slot TIME = slot("time", SlotType.SLOT_TYPE_TIME);
    private static final AgentSpec SPEC = AgentSpec.newBuilder()
            .addFacts(Fact.newBuilder().setName("address").setValue("12 M G Road"))
            .addAnswers(answer("We are open nine to six.", "When are you open?", "opening hours"))
            .addAnswers(answer("You are booked for {day}, at {time}.", "I want to book an appointment")
                    .addSlots(DAY)
                    .addSlots(TIME))
            .addAnswers(answer("We are at {address}, {customer}.", "What is your address?"))
            .addAnswers(answer("I have {name} and {phone}, for {people}.", "Call me back")
                    .addSlots(slot("name", SlotType.SLOT_TYPE_TEXT))
                    .addSlots(slot("phone", SlotType.SLOT_TYPE_PHONE))
                    .addSlots(slot("people", SlotType.SLOT_TYPE_NUMBER)))
            .addAnswers(answer("I am putting you through.", "Can I speak to a person?")
                    .setThen(Then.newBuilder()
                            .setAction(ThenAction.THEN_ACTION_TRANSFER)
                            .setTarget("desk")))
            .addAnswers(answer("I am looking it up.", "Check my order")
                    .addSlots(slot("number", SlotType.SLOT_TYPE_NUMBER))
                    .setThen(Then.newBuilder()
                            .setAction(ThenAction.THEN_ACTION_TOOL)
                            .setTarget("orders")))
            .addAnswers(answer("I am opening the door.", "Open the door")
                    .setThen(Then.newBuilder()
                            .setAction(ThenAction.THEN_ACTION_SEND_DIGITS)
                            .setDigits("9w#")))
            .build();

    private final Answers answers = new Answers(SPEC, new WordCounts());
    private AnswersState state = AnswersState.open();
    private String before = "";

    @Test
    void aQuestionGetsThePoolsAnswerWithItsFactsAndVariables() {
        assertThat(say("Hello, when are you open?").text()).isEqualTo("We are open nine to six.");
        assertThat(say("Um, what is your address?").text()).isEqualTo("We are at 12 M G Road, Asha.");
    }

    @Test
    void anAnswerMayDialOnceItWasSaid() {
        Reply reply = say("Open the door, please.");
        assertThat(reply.text()).isEqualTo("I am opening the door.");
        assertThat(reply.then()).isEqualTo(new Reply.SendDigits("9w#"));
    }

    @Test
    void slotsAreAskedForReadBackAndConfirmedBeforeTheAnswer() {
        Reply asked = say("I want to book an appointment, please.");
        assertThat(asked.text()).isEqualTo("Of course. Which day would you like?");
        assertThat(asked.expecting()).isEqualTo(Expecting.EXPECTING_VALUE);
        assertThat(say("Next Tuesday.").text()).isEqualTo("Thank you. And at what time?");
        Reply readBack = say("Half past ten in the morning.");
        assertThat(readBack.text())
                .isEqualTo("That is Tuesday, the 24th of November, at 10:30 in the morning. Is that right?");
        assertThat(readBack.expecting()).isEqualTo(Expecting.EXPECTING_YES_NO);
        assertThat(say("Yes, that is right.").text())
                .isEqualTo("Thank you. You are booked for Tuesday, the 24th of November, at 10:30 in the morning. "
                        + "Is there anything else I can do for you?");
    }

    @Test
    void whatWasSaidAtOnceIsNotAskedForAgain() {
        assertThat(say("I want to book an appointment tomorrow at four").text())
                .isEqualTo("Of course. That is Friday, the 20th of November, at 4 in the afternoon. Is that right?");
    }

    @Test
    void aValueIsCorrectedWhileAnotherIsAskedFor() {
        say("I want to book an appointment");
        say("Tuesday");
        assertThat(say("No, make it Wednesday.").text()).isEqualTo("Thank you. And at what time?");
        assertThat(say("at nine").text()).contains("Wednesday, the 25th of November, at 9 in the morning");
    }

    @Test
    void aCorrectionAtTheReadBackIsReadBackAgain() {
        say("I want to book an appointment tomorrow at four");
        assertThat(say("Yes, but at half past four").text()).contains("4:30 in the afternoon. Is that right?");
        assertThat(say("No, on Monday").text()).contains("Monday, the 23rd of November, at 4:30");
        assertThat(say("yes").text()).contains("You are booked for Monday");
    }

    @Test
    void aPlainNoIsAskedWhatToChange() {
        say("I want to book an appointment tomorrow at four");
        assertThat(say("no").text()).isEqualTo("What should I change, the day or the time?");
        assertThat(say("the time").text()).isEqualTo("All right. And at what time?");
        assertThat(say("eleven").text()).contains("Friday, the 20th of November, at 11 in the morning");
    }

    @Test
    void aQuestionInBetweenIsAnsweredAndTheOpenOneAskedAgain() {
        say("I want to book an appointment");
        assertThat(say("When are you open?").text()).isEqualTo("We are open nine to six. Which day would you like?");
        assertThat(say("Monday").text()).isEqualTo("Thank you. And at what time?");
    }

    @Test
    void whatIsNotUnderstoodIsAskedForAgainWithAnExampleAndGivenUpInTheEnd() {
        say("I want to book an appointment");
        assertThat(say("a banana").text())
                .startsWith("Sorry, I did not get that. Which day would you like? You can say");
        say("bananas");
        assertThat(say("bananas").text()).startsWith("I am sorry, I still did not understand.");
        assertThat(state.mode()).isEqualTo(AnswersState.Mode.OPEN);
    }

    @Test
    void aCancelledMatterIsLeft() {
        say("I want to book an appointment");
        assertThat(say("Never mind.").text()).startsWith("No problem");
        assertThat(say("no, thank you").then()).isInstanceOf(Reply.HangUp.class);
    }

    @Test
    void textNumbersAndTelephoneNumbersAreTakenAsSuch() {
        say("Call me back");
        assertThat(say("My name is George Miller.").text()).isEqualTo("Thank you. What is your phone number?");
        assertThat(say("nine eight seven six five four three two one zero").text())
                .isEqualTo("Thank you. How many people?");
        assertThat(say("four of us").text())
                .isEqualTo("That is the name George Miller, the phone 9876543210, for 4 people. Is that right?");
        assertThat(say("yes").text()).contains("I have George Miller and 9876543210, for 4.");
    }

    @Test
    void aToolIsCalledOnceItsSlotsAreConfirmed() {
        say("Check my order");
        Reply readBack = say("number 4711");
        assertThat(readBack.then()).isEqualTo(new Reply.GoOn());
        assertThat(say("yes").then()).isEqualTo(new Reply.CallTool("orders", Map.of("number", "4711")));
    }

    @Test
    void aTransferCarriesItsTarget() {
        assertThat(say("Can I speak to a person?").then()).isEqualTo(new Reply.Transfer("desk"));
    }

    @Test
    void somethingElseAltogetherIsToldWhatCanBeAsked() {
        assertThat(say("Who won the football match last night").text())
                .isEqualTo("I am afraid I can't help with that. You can ask me, for example: When are you open? "
                        + "What is your address? Or you can say: I want to book an appointment, or: Call me back.");
    }

    @Test
    void halfUnderstoodIsAskedBackAndAYesTakesIt() {
        Reply reply = say("opening hours on a public holiday in spring");
        assertThat(reply.text()).contains("Are you asking, when are you open?");
        assertThat(reply.expecting()).isEqualTo(Expecting.EXPECTING_YES_NO);
        assertThat(say("yes").text()).isEqualTo("We are open nine to six.");
    }

    @Test
    void theLastTurnIsRepeatedWithoutItsCourtesies() {
        say("I want to book an appointment");
        say("Monday");
        assertThat(say("Sorry?").text()).isEqualTo("Of course. And at what time?");
        assertThat(say("ten").text()).contains("at 10 in the morning");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Goodbye.",
                "No, that is all. Thank you, goodbye.",
                "bye bye",
                "That's all, have a nice day",
                "Nothing else, thanks, bye"
            })
    void aGoodbyeEndsTheCall(String said) {
        Reply reply = say(said);
        assertThat(reply.then()).isInstanceOf(Reply.HangUp.class);
        assertThat(reply.text()).isEqualTo("Thank you for calling. Goodbye.");
        assertThat(reply.expecting()).isEqualTo(Expecting.EXPECTING_NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"That is all right", "I saw the goodbye girl yesterday and when are you open", "no"})
    void whatIsNoGoodbyeDoesNotEndTheCall(String said) {
        assertThat(say(said).then()).isEqualTo(new Reply.GoOn());
    }

    @Test
    void aGreetingThanksAndSilenceGetWhatTheyDeserve() {
        assertThat(say("Hello?").text()).isEqualTo("Hello. How can I help you?");
        assertThat(say("Thank you very much").text()).startsWith("You are welcome.");
        assertThat(say(" ").text()).startsWith("Sorry, I did not hear that.");
        assertThat(say("Are you a robot?").text()).startsWith("I am an automated assistant.");
    }

    @Test
    void everyReplyIsAFunctionOfItsTurn() {
        Turn turn = new Turn("I want to book an appointment tomorrow", "", AnswersState.open(), THURSDAY, Map.of());
        assertThat(answers.reply(turn)).isEqualTo(answers.reply(turn));
    }

    @Test
    void aStateThatCannotBeReadIsAnOpenConversation() {
        for (String bytes : List.of(
                "",
                "{",
                "[]",
                "{\"version\":2,\"mode\":\"CONFIRMING\",\"answer\":1}",
                "{\"version\":1,\"mode\":\"CONFIRMING\",\"answer\":99}",
                "{\"version\":1,\"mode\":\"CONFIRMING\",\"answer\":-1}",
                "{\"version\":1,\"mode\":\"CLARIFYING\"}")) {
            assertThat(AnswersState.of(ByteString.copyFromUtf8(bytes), 6)).isEqualTo(AnswersState.open());
        }
    }

    @Test
    void whatIsSaidWordForWordIsKnownAheadOfTime() {
        assertThat(answers.fixedTexts())
                .contains(
                        "We are open nine to six.", "Which day would you like?", "And at what time?", "Is that right?")
                .noneMatch(text -> text.contains("{") || text.contains("You are booked"));
    }

    private Reply say(String said) {
        AnswersState travelled = AnswersState.of(state.toBytes(), SPEC.getAnswersCount());
        assertThat(travelled).isEqualTo(state);
        Reply reply = answers.reply(new Turn(said, before, travelled, THURSDAY, Map.of("customer", "Asha")));
        state = reply.state();
        before = reply.text();
        return reply;
    }

    private static Answer.Builder answer(String say, String... when) {
        return Answer.newBuilder().addAllWhen(List.of(when)).setSay(say);
    }

    private static Slot slot(String name, SlotType type) {
        return Slot.newBuilder().setName(name).setType(type).build();
    }
}
