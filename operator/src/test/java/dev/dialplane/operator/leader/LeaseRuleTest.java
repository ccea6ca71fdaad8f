package dev.dialplane.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.leader.LeaseRule.Move;
import dev.dialplane.operator.leader.LeaseRule.Seen;
import dev.dialplane.operator.leader.LeaseRule.Unchanged;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseRuleTest {

    @Test
    void aLeaseThatIsNotThereIsCreated() {
        assertThat(LeaseRule.decide("a", null, Unchanged.UNKNOWN, 0)).isEqualTo(Move.Create);
    }

    @ParameterizedTest
    @CsvSource({
        // holder, its seconds, unchanged for ms, what a does
        "a,  7,     0, Take",
        "a,  7, 60000, Take",
        "'', 7,     0, Take",
        "b,  7,     0, Wait",
        "b,  7,  6999, Wait",
        "b,  7,  7000, Wait",
        "b,  7,  7001, Take",
        "b, 15,  7001, Wait",
        "b, 15, 15001, Take",
    })
    void aLeaseIsTakenWhenItIsMineReleasedOrLapsed(String holder, int seconds, int unchangedMs, Move move) {
        long since = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
        assertThat(LeaseRule.decide(
                        "a",
                        new Seen(holder, Duration.ofSeconds(seconds), "v1"),
                        new Unchanged("v1", since),
                        since + Duration.ofMillis(unchangedMs).toNanos()))
                .isEqualTo(move);
    }

    @Test
    void everyRenewalStartsTheTimeAnew() {
        Unchanged first = Unchanged.UNKNOWN.seen("v1", 10);
        assertThat(first).isEqualTo(new Unchanged("v1", 10));
        assertThat(first.seen("v1", 20)).isEqualTo(first);
        assertThat(first.seen("v2", 30)).isEqualTo(new Unchanged("v2", 30));
    }

    @Test
    void aLeaderStopsBeforeItsLeaseRunsOutAndIsReplacedWithinTenSeconds() {
        // Clocks may run apart by a fifth; a standby has noticed the last renewal one look late, and looks once more.
        assertThat(LeaseRule.ACTS.multipliedBy(5)).isLessThan(LeaseRule.LASTS.multipliedBy(4));
        assertThat(LeaseRule.LASTS.plus(LeaseRule.LOOKED_AT.multipliedBy(2)))
                .isLessThanOrEqualTo(Duration.ofSeconds(9));
        assertThat(LeaseRule.RENEWED.multipliedBy(2)).isLessThan(LeaseRule.ACTS);
    }
}
