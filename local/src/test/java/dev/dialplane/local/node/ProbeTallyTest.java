package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeTallyTest {
    /** Outcomes: + success, - failure. Verdicts after each: P passing, F failing. */
    @ParameterizedTest
    @CsvSource({
        "1, 3, false, +, P",
        "1, 3, false, ---+, FFFP",
        "2, 3, false, +-++, FFFP",
        "1, 3, true, --+--, PPPPP",
        "1, 3, true, ---, PPF",
        "1, 1, true, -+-, FPF",
        "3, 2, true, --++-+++, PFFFFFFP",
    })
    void aVerdictFlipsAfterItsThresholdInARow(
            int successes, int failures, boolean passing, String outcomes, String verdicts) {
        ProbeTally tally = passing
                ? ProbeTally.passingAtFirst(successes, failures)
                : ProbeTally.failingAtFirst(successes, failures);
        StringBuilder seen = new StringBuilder();
        for (char outcome : outcomes.toCharArray()) {
            tally = tally.after(outcome == '+');
            seen.append(tally.passing() ? 'P' : 'F');
        }
        assertThat(seen).hasToString(verdicts);
    }
}
