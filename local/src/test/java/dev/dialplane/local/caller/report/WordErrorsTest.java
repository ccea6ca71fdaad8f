package dev.dialplane.local.caller.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordErrorsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Hi, what time are you open?   | hi what time are you open    | 6 | 0",
                "I would like to book          | Would like to book           | 5 | 1",
                "can I park my car there       | can park my car there.       | 6 | 1",
                "Next Tuesday.                 | Next Thursday, please        | 2 | 2",
                "Half past ten                 | Half-past 10                 | 3 | 0",
                "twenty five                   | 25                           | 2 | 0",
                "goodbye                       | Good-bye!                    | 1 | 0",
                "that's it                     | thats it                     | 2 | 0",
                "Yes                           | ''                           | 1 | 1",
                "''                            | you                          | 0 | 1",
                "''                            | ''                           | 0 | 0",
            })
    void countsWordsPutInLeftOutOrReplaced(String said, String heard, int words, int errors) {
        assertThat(WordErrors.between(said, heard)).isEqualTo(new WordErrors(words, errors));
    }

    @Test
    void accuracyIsOfAllWordsTogether() {
        WordErrors all = new WordErrors(8, 1).plus(new WordErrors(2, 1));
        assertThat(all.accuracy()).isEqualTo(0.8);
        assertThat(WordErrors.NONE.accuracy()).isEqualTo(1);
        assertThat(new WordErrors(1, 3).accuracy()).isZero();
    }
}
