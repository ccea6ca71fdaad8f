package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StartTimesTest {

    private static final Instant SINCE = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void aStartThatWasSeenCounts() {
        assertThat(StartTimes.NONE
                        .seen(SINCE.plusSeconds(10), SINCE.plusSeconds(12), SINCE)
                        .p95())
                .isEqualTo(2_000);
    }

    @Test
    void howOldAnAgentIsSaysNothingToAnOperatorThatHasJustBegun() {
        StartTimes starts = StartTimes.NONE.seen(SINCE.minusSeconds(3_600), SINCE.plusSeconds(1), SINCE);
        assertThat(starts.measured()).isFalse();
        assertThat(starts.p95()).isEqualTo(StartTimes.ASSUMED_MILLISECONDS);
    }
}
