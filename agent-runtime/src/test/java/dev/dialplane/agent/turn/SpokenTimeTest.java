package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenTimeTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    on Tuesday               | DAY
                    the day after tomorrow   | DAY
                    some time next week      | DAY
                    every week               | NONE
                    the fifth                | DATE
                    May fifth                | DATE
                    May 5                    | DATE
                    the fifth of May         | DATE
                    in September             | DATE
                    the 22nd                 | DATE
                    it may                   | NONE
                    at first                 | NONE
                    half-past ten            | CLOCK
                    ten past five            | CLOCK
                    at ten forty-five        | CLOCK
                    ten o'clock              | CLOCK
                    10:30                    | CLOCK
                    9am                      | CLOCK
                    ten p.m.                 | CLOCK
                    ten pm                   | CLOCK
                    I am                     | NONE
                    around noon              | CLOCK
                    ten thirty               | NONE
                    we are two               | NONE
                    in the afternoon         | PART_OF_DAY
                    tomorrow night           | PART_OF_DAY
                    good evening             | NONE
                    a check-up               | NONE
                    ''                       | NONE
                    """)
    void isKnownByTheWordsAtTheEnd(String text, SpokenTime kind) {
        assertThat(SpokenTime.atEnd(Words.of(text))).isEqualTo(kind);
    }
}
