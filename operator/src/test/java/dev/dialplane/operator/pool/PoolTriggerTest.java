package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolTriggerTest {

    @ParameterizedTest
    @CsvSource({"PT0S, PT0.01S", "PT0.001S, PT0.01S", "PT0.004S, PT0.036S", "PT0.02S, PT0.18S", "PT2S, PT0.5S"})
    void poolsThatTakeLongAreReconciledLessOften(Duration took, Duration gathered) {
        assertThat(PoolTrigger.gathered(took)).isEqualTo(gathered);
    }
}
