package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.pool.Recycle;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecycleRuleTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // mode, maxCalls, maxAge, served, minutes old, worn
        "Reuse, 3, 24h,   2,   60, false",
        "Reuse, 3, 24h,   3,   60, true",
        "Reuse,  , 24h, 199,   60, false",
        "Reuse,  , 24h, 200,   60, true",
        "Reuse, 3, 24h,   0, 1440, false",
        "Reuse, 3, 24h,   0, 1441, true",
        "Fresh,  , 24h,   0,   60, false",
        "Fresh,  , 24h,   1,   60, true",
        "Fresh,  , 30m,   0,   31, true"
    })
    void aPodIsWornByItsCallsOrItsAge(
            Recycle.Mode mode, @Nullable Integer maxCalls, String maxAge, int served, int minutes, boolean worn) {
        assertThat(RecycleRule.of(new Recycle(mode, maxCalls, maxAge))
                        .worn(served, NOW.minusSeconds(minutes * 60L), NOW))
                .isEqualTo(worn);
    }
}
