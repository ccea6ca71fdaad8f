package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaClockTest {
    private static final long MS = 1_000_000;
    /** Loops count from anywhere. */
    private static final long START = 7_777_000 * MS;

    private final MediaClock clock = new MediaClock(8000);

    @ParameterizedTest
    @CsvSource({"0, 0", "160, 20", "8000, 1000", "80000, 10000"})
    void aSampleWasSpokenAsLongAfterTheFirstAsItsNumberSays(long sample, long ms) {
        clock.arrived(160, START + 20 * MS);

        assertThat(clock.nanosAt(sample)).isEqualTo(START + ms * MS);
        assertThat(clock.sampleAt(START + ms * MS)).isEqualTo(sample);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 40, 500})
    void aLateFrameMovesNothing(int lateMs) {
        clock.arrived(160, START + 20 * MS);
        clock.arrived(320, START + 40 * MS + lateMs * MS);

        assertThat(clock.nanosAt(320)).isCloseTo(START + 40 * MS, within(MS / 5));
    }

    @Test
    void theLeastLateFrameTells() {
        clock.arrived(160, START + 70 * MS);
        clock.arrived(320, START + 40 * MS);

        assertThat(clock.nanosAt(0)).isEqualTo(START);
    }

    /** A crystal that is slow by 100 ppm makes frames ever later: 60 ms in ten minutes. */
    @ParameterizedTest
    @ValueSource(doubles = {-100, 0, 100})
    void followsTheDriftOfTwoCrystals(double ppm) {
        long sample = 0;
        long now = START;
        for (int frame = 0; frame < 30_000; frame++) {
            sample += 160;
            now = START + Math.round(20.0 * MS * (frame + 1) * (1 + ppm / 1e6));
            clock.arrived(sample, now + (frame % 7) * MS);
        }

        assertThat(clock.nanosAt(sample)).isCloseTo(now, within(7 * MS));
    }
}
