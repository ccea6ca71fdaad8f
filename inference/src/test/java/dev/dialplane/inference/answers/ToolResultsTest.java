package dev.dialplane.inference.answers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolResultsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "It ships today."               | It ships today. Is there anything else I can do for you?
            {"say": "It ships today."}      | It ships today. Is there anything else I can do for you?
            {"say": "Which of the two?"}    | Which of the two?
            {"ships": "today"}              | That is done. Is there anything else I can do for you?
            {}                              | That is done. Is there anything else I can do for you?
            {"error": "it can't be reached"} | I am sorry, that did not work just now. Is there anything else I can do for you?
            no JSON                         | I am sorry, that did not work just now. Is there anything else I can do for you?
            """)
    void aToolsOwnWordsAreSaid(String result, String said) {
        assertThat(ToolResults.reply(result, AnswersState.open()).text()).isEqualTo(said);
    }

    @Test
    void aResultCountsWhereItIsWhatHappenedLast() {
        DialogueTurn tool = DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_TOOL)
                .setText("1")
                .build();
        DialogueTurn caller =
                DialogueTurn.newBuilder().setSpeaker(Speaker.SPEAKER_CALLER).build();

        assertThat(ToolResults.last(List.of(caller, tool))).contains("1");
        assertThat(ToolResults.last(List.of(tool, caller))).isEmpty();
        assertThat(ToolResults.last(List.of())).isEmpty();
    }
}
