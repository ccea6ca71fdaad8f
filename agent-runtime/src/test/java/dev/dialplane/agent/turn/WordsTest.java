package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Hello, World!            | hello world
                    I don't know.            | i don't know
                    I don’t know.            | i don't know
                    Half-past ten,           | half-past ten
                    At 10:30 or 2.5 hours    | at 10:30 or 2.5 hours
                    1,000 rupees             | 1,000 rupees
                    yes,please               | yes please
                    ten a.m.                 | ten a.m
                    'quoted'                 | quoted
                    well - no -              | well no
                    नमस्ते दुनिया।               | नमस्ते दुनिया
                    """)
    void areTheTextWithoutItsMarks(String text, String words) {
        assertThat(Words.of(text)).isEqualTo(List.of(words.split(" ")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"क्‍या", "न‌हीं", "\uD835\uDC9C", "été"})
    void aWordIsNotPartedByItsJoinersAndMarks(String word) {
        assertThat(Words.of(word + ".")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " . , ", "\uD83D\uDE00", "♪ ♪", "\uD83D", "‍"})
    void marksAndPicturesAreNoWords(String text) {
        assertThat(Words.of(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Mhm.              | false | 0
                    Okay, yeah.       | false | 0
                    Er.               | false | 0
                    Uhm, erm.         | false | 0
                    Okay, stop.       | false | 1
                    No.               | false | 1
                    Yeah.             | true  | 1
                    Mm-hmm.           | true  | 1
                    Mmhmm.            | true  | 1
                    Uhuh.             | true  | 1
                    Accha.            | true  | 1
                    Um.               | true  | 0
                    Hmm, okay.        | true  | 1
                    But,              | false | 0
                    Oh, so            | false | 0
                    So,               | true  | 0
                    But I             | false | 2
                    When are you open | false | 4
                    """)
    void aListenersSoundsSayNothingUnlessTheyAnswer(String text, boolean yesOrNo, int meaning) {
        assertThat(Words.meaning(text, yesOrNo)).isEqualTo(meaning);
    }
}
