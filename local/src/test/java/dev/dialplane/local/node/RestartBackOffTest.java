package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartBackOffTest {
    @Test
    void theFirstRestartIsAtOnceAndTheWaitsThenDoubleUpToFiveMinutes() {
        List<Long> seconds = new ArrayList<>();
        RestartBackOff backOff = RestartBackOff.NONE;
        for (int i = 0; i < 12; i++) {
            seconds.add(backOff.delay().toSeconds());
            backOff = backOff.afterRunOf(Duration.ofSeconds(1)).restarted();
        }
        assertThat(seconds).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    }

    @Test
    void aRunOfTenMinutesIsForgiven() {
        RestartBackOff often = new RestartBackOff(7);
        assertThat(often.afterRunOf(Duration.ofMinutes(10)).delay()).isZero();
        assertThat(often.afterRunOf(Duration.ofMinutes(10).minusMillis(1)).delay())
                .isEqualTo(Duration.ofSeconds(64));
    }

    @Test
    void theWaitStaysAtItsCapHoweverOftenItFails() {
        assertThat(new RestartBackOff(1_000_000).delay()).isEqualTo(Duration.ofMinutes(5));
    }
}
