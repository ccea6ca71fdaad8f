package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.pool.CreationPace.Granted;
import dev.dialplane.operator.pool.CreationPace.Limit;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreationPaceTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Limit LIMIT = new Limit(30, 100);

    @ParameterizedTest
    @CsvSource({
        // held, milliseconds later, wanted, granted, wait
        "100,    0,   60,  60,   0",
        "100,    0,  500, 100, 100",
        "  0,    0,    1,   0, 100",
        "  0,  100,    5,   3, 100",
        "  0,   50,    5,   1,  84",
        "  0, 1000,   30,  30,   0",
        "  0, 9000,  500, 100, 100",
        "  2, -500,    2,   2,   0"
    })
    void aBurstIsGrantedAtOnceAndTheRestSteadily(double held, long later, int wanted, int granted, long again) {
        Granted got = new CreationPace(held, NOW).take(wanted, LIMIT, NOW.plusMillis(later));
        assertThat(got.pods()).isEqualTo(granted);
        assertThat(got.again()).isEqualTo(Duration.ofMillis(again));
    }

    @Test
    void overAMinuteNoMoreAreGrantedThanTheBurstAndTheRate() {
        CreationPace pace = CreationPace.rested(LIMIT, NOW);
        int created = 0;
        for (int millis = 0; millis <= 60_000; millis += 10) {
            Granted granted = pace.take(50, LIMIT, NOW.plusMillis(millis));
            created += granted.pods();
            pace = granted.after();
        }
        assertThat(created).isEqualTo(100 + 60 * 30);
    }
}
