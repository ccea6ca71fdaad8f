package dev.dialplane.inference.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.SlotType;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What must not be kept is known as such from when it is asked for until nobody says it any more. */
class SensitiveTest {
    private static Answer.Builder pay(String say) {
        return Answer.newBuilder()
                .addWhen("I want to pay my bill")
                .addSlots(Slot.newBuilder().setName("day").setType(SlotType.SLOT_TYPE_DATE))
                .addSlots(Slot.newBuilder()
                        .setName("card")
                        .setType(SlotType.SLOT_TYPE_NUMBER)
                        .setSensitive(true))
                .setSay(say);
    }

    private AnswersState state = AnswersState.open();

    private boolean sensitive(Answers answers, String said) {
        Reply reply = answers.reply(new Turn(said, "", state, LocalDate.of(2026, 11, 19), Map.of()));
        state = reply.state();
        return answers.sensitive(reply);
    }

    @Test
    void aSensitiveValueIsSoWhileItIsAskedForAndReadBack() {
        Answers answers = new Answers(
                AgentSpec.newBuilder()
                        .addAnswers(pay("It is paid on {day}."))
                        .addAnswers(Answer.newBuilder()
                                .addWhen("When are you open?")
                                .setSay("From nine to six."))
                        .build(),
                new WordCounts());

        assertThat(sensitive(answers, "When are you open?")).isFalse();
        assertThat(sensitive(answers, "I want to pay my bill"))
                .as("asks for the day")
                .isFalse();
        assertThat(sensitive(answers, "tomorrow")).as("asks for the card").isTrue();
        assertThat(sensitive(answers, "a banana")).as("asks again").isTrue();
        assertThat(sensitive(answers, "When are you open?")).as("asks beside").isTrue();
        assertThat(sensitive(answers, "4111")).as("reads back").isTrue();
        assertThat(sensitive(answers, "no")).as("asks what is wrong").isTrue();
        assertThat(sensitive(answers, "the card")).as("asks again").isTrue();
        assertThat(sensitive(answers, "4112")).as("reads back").isTrue();
        assertThat(sensitive(answers, "yes")).as("done").isFalse();
    }

    @Test
    void anAnswerThatSaysASensitiveValueIsSensitiveItself() {
        Answers answers = new Answers(
                AgentSpec.newBuilder()
                        .addAnswers(pay("Card {card} pays on {day}."))
                        .build(),
                new WordCounts());
        sensitive(answers, "I want to pay my bill tomorrow");
        sensitive(answers, "4111");
        assertThat(sensitive(answers, "yes")).isTrue();
        assertThat(sensitive(answers, "hello")).isFalse();
    }
}
