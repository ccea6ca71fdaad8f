package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.operator.pool.CanaryRule.Terms;
import dev.dialplane.operator.pool.CanaryRule.Verdict;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanaryRuleTest {

    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final Terms TERMS = new Terms(TEN_MINUTES, 20, 0.02, Duration.ofSeconds(10));

    @ParameterizedTest
    @CsvSource({
        // calls, bad, older calls, older bad, minutes, verdict
        "0,    0,   0,    0,   0,  Open",
        "19,   0,   200,  2,   60, Open",
        "20,   0,   200,  2,   9,  Open",
        "20,   0,   200,  2,   10, Good",
        "20,   1,   200,  2,   10, Good",
        "2,    2,   50,   0,   1,  Open",
        "3,    3,   50,   0,   1,  Worse",
        "20,   5,   200,  2,   10, Worse",
        // The older ones do as badly: somebody else's fault.
        "20,   10,  200,  100, 10, Good",
        // Nothing to compare with: only an unbroken row of bad calls tells.
        "5,    5,   0,    0,   1,  Open",
        "12,   12,  0,    0,   1,  Worse",
        // So many calls that a small difference is certain.
        "2000, 110, 20000, 400, 10, Worse",
        "2000, 85,  20000, 400, 10, Good"
    })
    void aCanaryIsJudgedByItsCallsBesideThoseOfOlderAgents(
            int calls, int bad, int olderCalls, int olderBad, int minutes, Verdict verdict) {
        assertThat(CanaryRule.judge(
                        TERMS, new Tally(calls, bad), new Tally(olderCalls, olderBad), Duration.ofMinutes(minutes)))
                .isEqualTo(verdict);
    }

    /** By hand: 1 - 0.9^5 - 5 * 0.1 * 0.9^4 = 0.08146. */
    @Test
    void theTailIsThatOfTheBinomialDistribution() {
        assertThat(CanaryRule.tail(new Tally(5, 2), 0.1)).isCloseTo(0.08146, within(1e-9));
        assertThat(CanaryRule.tail(new Tally(5, 5), 0.1)).isCloseTo(1e-5, within(1e-12));
        assertThat(CanaryRule.tail(new Tally(100_000, 5_000), 0.05)).isCloseTo(0.5, within(0.01));
    }

    /** 1,000 rollouts each, one in ten calls with the canary, judged after every call until it takes over. */
    @ParameterizedTest
    @CsvSource({"0.03, 0.03, 0, 15", "0.03, 0.05, 0, 60", "0.03, 0.40, 970, 1000", "0.20, 0.20, 0, 15"})
    void aGoodRevisionIsRarelyTakenBackAndABadOneNearlyAlways(
            double olderBad, double freshBad, int atLeast, int atMost) {
        Random random = new Random(7);
        int takenBack = 0;
        for (int rollout = 0; rollout < 1000; rollout++) {
            Tally fresh = Tally.NONE;
            Tally older = Tally.NONE;
            Verdict verdict = Verdict.Open;
            for (int call = 0; verdict == Verdict.Open; call++) {
                if (call % 10 == 9) {
                    fresh = fresh.with(random.nextDouble() < freshBad);
                } else {
                    older = older.with(random.nextDouble() < olderBad);
                }
                verdict = CanaryRule.judge(TERMS, fresh, older, Duration.ofSeconds(2L * call));
            }
            takenBack += verdict == Verdict.Worse ? 1 : 0;
        }
        assertThat(takenBack).isBetween(atLeast, atMost);
    }

    @ParameterizedTest
    @CsvSource({
        // failed, hung up, seconds, bad
        "true,  false, 300, true",
        "false, true,  9,   true",
        "false, true,  10,  false",
        "false, false, 3,   false"
    })
    void aCallIsBadThatFailedOrWasHungUpSoon(boolean failed, boolean hungUp, int seconds, boolean bad) {
        assertThat(TERMS.bad(failed, hungUp, Duration.ofSeconds(seconds))).isEqualTo(bad);
    }
}
