package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EndOfTurnTest {
    private static final OptionalDouble NO_OPINION = OptionalDouble.empty();

    @ParameterizedTest
    @CsvSource({
        "FINISHED, 200",
        "OPEN, 620",
        "UNFINISHED, 1460",
        "COMMA, 1460",
        "DICTATING, 1460",
        "HESITATING, 2300",
        "NOTHING, 3000"
    })
    void theLessFinishedAThoughtTheLongerTheSilence(Thought thought, int silence) {
        assertThat(EndOfTurn.silenceMs(200, 3000, thought, NO_OPINION)).isEqualTo(silence);
    }

    @ParameterizedTest
    @CsvSource({
        "FINISHED,   0.00, 1208",
        "FINISHED,   0.19, 1208",
        "FINISHED,   0.20,  592",
        "FINISHED,   0.89,  592",
        "FINISHED,   0.90,  200",
        "FINISHED,   1.00,  200",
        "OPEN,       0.10,  900",
        "OPEN,       0.50,  620",
        "OPEN,       0.95,  396",
        "UNFINISHED, 0.10, 1460",
        "UNFINISHED, 0.50, 1460",
        "UNFINISHED, 0.95, 1180",
        "COMMA,      0.95, 1460",
        "DICTATING,  0.95, 1460",
        "HESITATING, 0.95, 2300",
        "NOTHING,    0.95, 3000"
    })
    void theSoundMakesItLongerOrShorter(Thought thought, double finished, int silence) {
        assertThat(EndOfTurn.silenceMs(200, 3000, thought, OptionalDouble.of(finished)))
                .isEqualTo(silence);
    }

    @ParameterizedTest
    @EnumSource
    void theMoreFinishedItSoundsTheShorterTheSilence(Thought thought) {
        int before = Integer.MAX_VALUE;
        for (double finished = 0; finished <= 1; finished += 0.05) {
            int silence = EndOfTurn.silenceMs(200, 3000, thought, OptionalDouble.of(finished));
            assertThat(silence).isLessThanOrEqualTo(before);
            before = silence;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSilenceIsWithinThePoolsBounds(Thought thought) {
        for (OptionalDouble sounds : new OptionalDouble[] {NO_OPINION, OptionalDouble.of(0), OptionalDouble.of(1)}) {
            assertThat(EndOfTurn.silenceMs(300, 800, thought, sounds)).isBetween(300, 800);
            assertThat(EndOfTurn.silenceMs(500, 500, thought, sounds)).isEqualTo(500);
        }
    }

    @Test
    void aLongestBelowTheShortestCountsForNothing() {
        assertThat(EndOfTurn.silenceMs(400, 100, Thought.NOTHING, NO_OPINION)).isEqualTo(400);
        assertThat(EndOfTurn.silenceMs(400, 100, Thought.FINISHED, OptionalDouble.of(0)))
                .isEqualTo(400);
    }
}
