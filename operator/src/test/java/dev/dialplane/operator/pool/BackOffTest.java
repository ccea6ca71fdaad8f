package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackOffTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void theWaitDoublesUpToAMinute() {
        BackOff backOff = BackOff.NONE;
        assertThat(backOff.over(NOW)).isTrue();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
            backOff = backOff.failed(NOW, "exit code 1");
            assertThat(Duration.between(NOW, backOff.until())).isEqualTo(Duration.ofSeconds(seconds));
            assertThat(backOff.over(NOW.plusSeconds(seconds).minusMillis(1))).isFalse();
            assertThat(backOff.over(NOW.plusSeconds(seconds))).isTrue();
        }
        assertThat(backOff.failures()).isEqualTo(9);
        assertThat(backOff.last()).isEqualTo("exit code 1");
    }

    @Test
    void thousandsOfFailuresDoNotOverflow() {
        BackOff backOff = BackOff.NONE;
        for (int i = 0; i < 5000; i++) {
            backOff = backOff.failed(NOW, "");
        }
        assertThat(Duration.between(NOW, backOff.until())).isEqualTo(Duration.ofMinutes(1));
    }
}
