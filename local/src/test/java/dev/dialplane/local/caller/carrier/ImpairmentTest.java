package dev.dialplane.local.caller.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImpairmentTest {
    private static final int FRAMES = 50_000;

    @Test
    void aLineThatWorksChangesNothing() {
        Impairment.Way way = Impairment.NONE.way();
        for (int i = 0; i < 1000; i++) {
            assertThat(way.next("" + i)).containsExactly("" + i);
        }
        assertThat(Impairment.NONE.frameNanos()).isEqualTo(20_000_000);
    }

    @Test
    void oneOfAHundredFramesIsLostAndTheOthersComeOnce() {
        Impairment.Way way = new Impairment(0.01, 0.02, 0, 7).way();
        List<Integer> came = new ArrayList<>();
        int mostLate = 0;
        int behind = 0;
        int latest = -1;
        for (int i = 0; i < FRAMES; i++) {
            for (String message : way.next("" + i)) {
                int number = Integer.parseInt(message);
                came.add(number);
                mostLate = Math.max(mostLate, i - number);
                behind += number < latest ? 1 : 0;
                latest = Math.max(latest, number);
            }
        }

        assertThat(came).hasSize(new HashSet<>(came).size()).hasSize((int) (FRAMES - way.lost() - way.held()));
        assertThat(way.lost() / (double) FRAMES).isCloseTo(0.01, within(0.002));
        assertThat(way.delayed() / (double) FRAMES).isCloseTo(0.02, within(0.003));
        assertThat(behind).as("frames that come after a later one").isGreaterThan((int) (0.9 * way.delayed()));
        assertThat(mostLate).as("by how many frames the latest is late").isEqualTo(Impairment.LATEST_FRAMES);
    }

    @Test
    void theSameSeedDoesTheSame() {
        assertThat(lines(7)).isEqualTo(lines(7)).isNotEqualTo(lines(8));
    }

    private static List<List<String>> lines(long seed) {
        Impairment.Way way = new Impairment(0.05, 0.05, 0, seed).way();
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            lines.add(way.next("" + i));
        }
        return lines;
    }

    /** 100 ppm are 60 ms in ten minutes. */
    @Test
    void aFastClockHasShorterFramesAndASlowOneLonger() {
        assertThat(30_000 * new Impairment(0, 0, 100, 0).frameNanos() / 1e6).isCloseTo(599_940, within(1.0));
        assertThat(30_000 * new Impairment(0, 0, -100, 0).frameNanos() / 1e6).isCloseTo(600_060, within(1.0));
    }

    @Test
    void whatNoLineCanDoIsRefused() {
        assertThatThrownBy(() -> new Impairment(0.9, 0.2, 0, 0)).hasMessageContaining("loss is 0.9 and late 0.2");
        assertThatThrownBy(() -> new Impairment(0, 0, 5000, 0)).hasMessageContaining("driftPpm is 5000.0");
    }
}
