package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BeatScheduleTest {
    private static final long MS = 1_000_000;

    private final List<RuntimeException> failures = new ArrayList<>();
    private final BeatSchedule schedule = new BeatSchedule(failures::add);
    private final List<String> beats = new ArrayList<>();

    @Test
    void aLateBeatMakesNoLaterOneLateAndNoneIsLeftOut() {
        List<Long> dues = new ArrayList<>();
        schedule.add(20 * MS, 20 * MS, (index, due) -> {
            assertThat(index).isEqualTo(dues.size());
            dues.add(due / MS);
            return true;
        });
        assertThat(schedule.run(0, 500 * MS)).isEqualTo(20 * MS);
        assertThat(dues).isEmpty();
        catchUp(95 * MS);
        assertThat(dues).containsExactly(20L, 40L, 60L, 80L);
        assertThat(schedule.run(95 * MS, 500 * MS)).isEqualTo(5 * MS);
        catchUp(100 * MS);
        assertThat(dues).endsWith(100L);
    }

    @Test
    void sixtyLinesGetEveryBeatInTheOrderInWhichTheyAreDue() {
        long[] last = {Long.MIN_VALUE};
        int[] count = new int[60];
        for (int line = 0; line < 60; line++) {
            int number = line;
            schedule.add(20 * MS, 20 * MS + line * MS / 3, (_, due) -> {
                assertThat(due).isGreaterThanOrEqualTo(last[0]);
                last[0] = due;
                count[number]++;
                return true;
            });
        }
        catchUp(1_000 * MS);
        assertThat(count).containsOnly(50, 49);
    }

    @Test
    void aRowEndsWhenItSaysSoOrFailsAndTheOthersGoOn() {
        schedule.add(20 * MS, 20 * MS, (index, _) -> beats.add("two") && index < 1);
        schedule.add(20 * MS, 21 * MS, (_, _) -> {
            throw new IllegalStateException("broken");
        });
        schedule.add(20 * MS, 22 * MS, (_, _) -> beats.add("all"));
        catchUp(102 * MS);
        assertThat(beats).containsExactly("two", "all", "two", "all", "all", "all", "all");
        assertThat(failures).singleElement().satisfies(e -> assertThat(e).hasMessage("broken"));
        assertThat(schedule.rows()).isEqualTo(1);
    }

    private void catchUp(long now) {
        while (schedule.run(now, 1) == 0) {
            // Each run is one beat.
        }
    }
}
