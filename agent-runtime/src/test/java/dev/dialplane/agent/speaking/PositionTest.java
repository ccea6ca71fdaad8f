package dev.dialplane.agent.speaking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionTest {
    private static final long MS = 1_000_000;
    private static final long START = 5_000 * MS;

    private final Position position = new Position(8000);

    /** A second of audio left at START, and begins to play 20 ms later. */
    @BeforeEach
    void send() {
        position.send(8000, START, 20 * MS);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "20, 0", "21, 8", "520, 4000", "1020, 8000", "5000, 8000"})
    void isTheTimeSinceThePlayoutBeganAndNeverMoreThanWasSent(long ms, long played) {
        assertThat(position.played(START + ms * MS)).isEqualTo(played);
    }

    @ParameterizedTest
    @CsvSource({"2400, 300, 2400", "2400, 400, 3200", "9000, 300, 8000", "-5, 300, 0", "2400, 9000, 8000"})
    void anAcknowledgementIsWhereItCountsFrom(long sample, long ms, long played) {
        position.acknowledge(sample, START + 300 * MS);

        assertThat(position.played(START + ms * MS)).isEqualTo(played);
    }

    @Test
    void whileHeldItStandsStillAndAfterwardsGoesOnFromThere() {
        position.hold(START + 520 * MS);
        assertThat(position.played(START + 5000 * MS)).isEqualTo(4000);

        position.release(START + 5000 * MS);

        assertThat(position.played(START + 5100 * MS)).isEqualTo(4800);
    }

    @ParameterizedTest
    @CsvSource({"500, 1020", "2000, 2020"})
    void whatIsSentWhileSomethingPlaysFollowsItAndOtherwiseBeginsAnew(long sentAtMs, long begins) {
        position.send(8000, START + sentAtMs * MS, 20 * MS);

        assertThat(position.sent()).isEqualTo(16_000);
        assertThat(position.played(START + begins * MS)).isEqualTo(8000);
        assertThat(position.played(START + (begins + 100) * MS)).isEqualTo(8800);
    }

    @ParameterizedTest
    @CsvSource({"0, 20", "4000, 520", "8000, 1020"})
    void tellsWhenASampleWillHaveBeenPlayed(long sample, long ms) {
        assertThat(position.nanosAt(sample)).isEqualTo(START + ms * MS);
    }

    @Test
    void aNewGenerationBeginsAtNothing() {
        position.hold(START + 100 * MS);

        position.restart();

        assertThat(position.sent()).isZero();
        assertThat(position.played(START + 900 * MS)).isZero();
        position.send(800, START + 900 * MS, 0);
        assertThat(position.played(START + 950 * MS)).isEqualTo(400);
    }
}
