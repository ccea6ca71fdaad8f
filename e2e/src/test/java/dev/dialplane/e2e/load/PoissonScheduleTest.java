package dev.dialplane.e2e.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PoissonScheduleTest {
    private static final int CALLS = 100_000;

    private static PoissonSchedule.Due[] calls(PoissonSchedule schedule) {
        return IntStream.range(0, CALLS).mapToObj(_ -> schedule.next()).toArray(PoissonSchedule.Due[]::new);
    }

    private static double[] gaps(PoissonSchedule.Due[] calls) {
        return IntStream.range(1, calls.length)
                .mapToDouble(i -> (calls[i].atNanos() - calls[i - 1].atNanos()) / 1e9)
                .toArray();
    }

    @Test
    void callsComeAtTheRateAndInOrder() {
        PoissonSchedule.Due[] calls = calls(new PoissonSchedule(1, 20, 180, 540));
        assertThat(calls[CALLS - 1].atNanos() / 1e9).isCloseTo(CALLS / 20.0, within(CALLS / 20.0 * 0.02));
        assertThat(java.util.Arrays.stream(gaps(calls)).allMatch(gap -> gap >= 0))
                .isTrue();
    }

    @Test
    void gapsAreExponentialSoTheirDeviationIsTheirMean() {
        double[] gaps = gaps(calls(new PoissonSchedule(2, 20, 180, 540)));
        double mean = java.util.Arrays.stream(gaps).average().orElseThrow();
        double variance = java.util.Arrays.stream(gaps)
                .map(gap -> (gap - mean) * (gap - mean))
                .average()
                .orElseThrow();
        assertThat(Math.sqrt(variance)).isCloseTo(mean, within(mean * 0.02));
    }

    @Test
    void callsLastAsLongAsTheyShouldAndNeverLonger() {
        LongStream holds = java.util.Arrays.stream(calls(new PoissonSchedule(3, 20, 180, 1e9)))
                .mapToLong(PoissonSchedule.Due::holdNanos);
        assertThat(holds.average().orElseThrow() / 1e9).isCloseTo(180, within(4.0));
        assertThat(calls(new PoissonSchedule(3, 20, 180, 200))).allMatch(call -> call.holdNanos() <= 200_000_000_000L);
    }

    @Test
    void theSameSeedIsTheSameSchedule() {
        assertThat(calls(new PoissonSchedule(4, 20, 180, 540))).isEqualTo(calls(new PoissonSchedule(4, 20, 180, 540)));
    }

    @Test
    void aRateOfNothingIsRefused() {
        assertThatThrownBy(() -> new PoissonSchedule(5, 0, 180, 540)).hasMessageContaining("calls per second (0.0)");
    }
}
