package dev.dialplane.operator.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LoadMeterTest {

    @Test
    void steadyCallsAreTheLoadInTheEnd() {
        LoadMeter meter = LoadMeter.from(0);
        // One call a second of 60 s each: 60 at once.
        for (int second = 1; second <= 3000; second++) {
            meter = meter.counted(second, 1, 0, 60, 60);
        }
        Load load = meter.load();
        assertThat(load.busy()).isEqualTo(60);
        assertThat(load.offeredErlangs()).isCloseTo(60, within(0.5));
        assertThat(load.arrivalsPerSecond()).isCloseTo(1, within(0.1));
        assertThat(load.growthPerSecond()).isCloseTo(0, within(0.01));
    }

    @Test
    void refusedCallsCountAsTheLoadThatTheyWouldHaveBeen() {
        LoadMeter meter = LoadMeter.from(0);
        // Two calls a second come, one is refused; 60 s each.
        for (int second = 1; second <= 3000; second++) {
            meter = meter.counted(second, 2, 1, 60, 60);
        }
        assertThat(meter.load().offeredErlangs()).isCloseTo(120, within(8.0));
    }

    @Test
    void aBurstShowsWithinSeconds() {
        LoadMeter meter = LoadMeter.from(0).counted(1, 20, 0, 20, 20).at(11);
        assertThat(meter.load().offeredErlangs()).isGreaterThan(12);
        assertThat(meter.load().arrivalsPerSecond()).isGreaterThan(0.5);
    }

    @Test
    void theLoadFadesSlowerThanItCame() {
        LoadMeter meter = LoadMeter.from(0);
        for (int second = 1; second <= 600; second++) {
            meter = meter.counted(second, 1, 0, 60, 60);
        }
        LoadMeter after = meter.counted(601, 0, 0, 0, 0).at(661);
        assertThat(after.load().offeredErlangs()).isBetween(30.0, 55.0);
        assertThat(after.at(5000).load().offeredErlangs()).isCloseTo(0, within(0.01));
    }

    @Test
    void aRampsSlopeIsItsGrowth() {
        LoadMeter meter = LoadMeter.from(0);
        for (int second = 1; second <= 3000; second++) {
            meter = meter.counted(second, 0, 0, second / 2, second / 2);
        }
        assertThat(meter.load().growthPerSecond()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void aClockThatGoesBackChangesNothing() {
        LoadMeter meter = LoadMeter.from(100).counted(110, 5, 0, 5, 5);
        assertThat(meter.at(50)).isEqualTo(meter);
    }
}
