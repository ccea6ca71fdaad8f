package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FloorsTest {

    private static final Floors.Floor OFFICE_HOURS =
            Floors.Floor.of("0 9 * * MON-SAT", "Asia/Kolkata", Duration.ofHours(9), 40);

    /** 2026-11-22 is a Sunday; India is 5 h 30 min ahead of UTC. */
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T03:29:59Z,0",
        "2026-11-23T03:30:00Z,40",
        "2026-11-23T03:30:30Z,40",
        "2026-11-23T12:29:59Z,40",
        "2026-11-23T12:30:00Z,0",
        "2026-11-22T05:00:00Z,0",
        "2026-11-28T05:00:00Z,40"
    })
    void aFloorIsInForceFromItsScheduleForItsDuration(Instant now, int agents) {
        assertThat(Floors.inForce(List.of(OFFICE_HOURS), now)).isEqualTo(agents);
    }

    @Test
    void theHighestFloorCounts() {
        var all = List.of(OFFICE_HOURS, Floors.Floor.of("0 0 * * *", "UTC", Duration.ofHours(24), 5));
        assertThat(Floors.inForce(all, Instant.parse("2026-11-22T05:00:00Z"))).isEqualTo(5);
        assertThat(Floors.inForce(all, Instant.parse("2026-11-23T05:00:00Z"))).isEqualTo(40);
        assertThat(Floors.inForce(List.of(), Instant.EPOCH)).isZero();
    }

    @Test
    void whatIsNoScheduleOrNoTimeZoneIsNamed() {
        assertThatThrownBy(() -> Floors.Floor.of("0 25 * * *", "UTC", Duration.ofHours(1), 1))
                .hasMessageContaining("0 25 * * *");
        assertThatThrownBy(() -> Floors.Floor.of("0 9 * * *", "Asia/Atlantis", Duration.ofHours(1), 1))
                .hasMessageContaining("Asia/Atlantis");
    }
}
