package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EndOfTurnTest {
    @ParameterizedTest
    @CsvSource({"FINISHED, 200", "OPEN, 620", "UNFINISHED, 1460", "DICTATING, 1460", "HESITATING, 2300", "NOTHING, 3000"
    })
    void theLessFinishedAThoughtTheLongerTheSilence(Thought thought, int silence) {
        assertThat(EndOfTurn.silenceMs(200, 3000, thought)).isEqualTo(silence);
    }

    @ParameterizedTest
    @EnumSource
    void theSilenceIsWithinThePoolsBounds(Thought thought) {
        assertThat(EndOfTurn.silenceMs(300, 800, thought)).isBetween(300, 800);
        assertThat(EndOfTurn.silenceMs(500, 500, thought)).isEqualTo(500);
    }

    @Test
    void aLongestBelowTheShortestCountsForNothing() {
        assertThat(EndOfTurn.silenceMs(400, 100, Thought.NOTHING)).isEqualTo(400);
    }
}
