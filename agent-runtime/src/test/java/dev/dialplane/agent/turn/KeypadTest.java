package dev.dialplane.agent.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.turn.Thought.Expected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeypadTest {
    @ParameterizedTest
    @CsvSource({
        "1, ANYTHING, 1500",
        "1, YES_OR_NO, 1500",
        "1, VALUE, 3000",
        "12, ANYTHING, 3000",
        "12, VALUE, 3000",
        "'12#', VALUE, 0",
        "'#', ANYTHING, 1500",
        "'##', ANYTHING, 0",
        "'*', ANYTHING, 1500"
    })
    void anEntryIsOverSoLongAfterItsLastKey(String keys, Expected expected, int waitMs) {
        assertThat(Keypad.waitMs(keys, expected)).isEqualTo(waitMs);
    }

    @Test
    void whoeverKeepsPressingIsAnsweredAllTheSame() {
        assertThat(Keypad.ended("1".repeat(63))).isFalse();
        assertThat(Keypad.ended("1".repeat(64))).isTrue();
    }
}
