package dev.dialplane.gateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.Cause;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    @ParameterizedTest(name = "{0} wait of {1} for {2} ms, some unreached: {3}")
    @CsvSource({
        "0, 5, 2000, false, ",
        "4, 5, 2000, false, ",
        "5, 5, 2000, false, CAUSE_QUEUE_FULL",
        "0, 0, 2000, false, CAUSE_NO_AGENT",
        "0, 5, 0, false, CAUSE_NO_AGENT",
        // There are agents that were never asked.
        "0, 0, 0, true, ",
        "99, 0, 0, true, ",
        "100, 0, 0, true, CAUSE_NO_AGENT",
        "50, 5, 2000, true, ",
        "100, 5, 2000, true, CAUSE_QUEUE_FULL",
        "100, 200, 2000, true, ",
    })
    void refusal(int waiting, int maxLength, long maxWait, boolean unreached, Cause refusal) {
        assertThat(Admission.refusal(waiting, maxLength, Duration.ofMillis(maxWait), unreached))
                .isEqualTo(refusal);
    }

    @ParameterizedTest
    @CsvSource({
        "2000, 10000, false, 2000",
        "2000, 700, false, 700",
        "2000, -5, false, 0",
        "0, 10000, false, 0",
        "0, 10000, true, 500",
        "0, 100, true, 100",
        "2000, 10000, true, 2000",
    })
    void waiting(long maxWait, long patience, boolean unreached, long wait) {
        assertThat(Admission.wait(Duration.ofMillis(maxWait), Duration.ofMillis(patience), unreached))
                .isEqualTo(Duration.ofMillis(wait));
    }
}
