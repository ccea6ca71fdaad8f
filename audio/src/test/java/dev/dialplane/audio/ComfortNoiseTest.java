package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComfortNoiseTest {
    private static short[] noise(int rate, double dBov, long seed, int count) {
        short[] out = new short[count];
        new ComfortNoise(rate, dBov, seed).fill(out, 0, count);
        return out;
    }

    @ParameterizedTest
    @CsvSource({"8000, -30, 1", "8000, -60, 2", "8000, -75, 3", "16000, -55, 0", "48000, -50, -1", "8000, -55, -9"})
    void theLevelIsTheOneAskedFor(int rate, double dBov, long seed) {
        assertThat(Level.dBov(noise(rate, dBov, seed, 10 * rate))).isCloseTo(dBov, offset(0.5));
    }

    @Test
    void itFallsOffTowardsTheTreble() {
        short[] noise = noise(8000, -30, 5, 16_000);
        double bass = band(noise, 200, 400);
        double middle = band(noise, 800, 1000);
        double treble = band(noise, 3000, 3200);
        assertThat(bass - middle).isBetween(1.0, 5.0);
        assertThat(middle - treble).isBetween(4.0, 12.0);
    }

    /** The mean level of sines between two frequencies, in dB. */
    private static double band(short[] samples, int from, int to) {
        double power = 0;
        for (double hz = from; hz < to; hz += 4) {
            power += Spectrum.fit(samples, 0, samples.length, hz, 8000).signal();
        }
        return 10 * Math.log10(power / (to - from));
    }

    @Test
    void seedsDecideAndBlocksDoNot() {
        short[] whole = noise(8000, -40, 7, 1000);
        ComfortNoise parts = new ComfortNoise(8000, -40, 7);
        short[] out = new short[1000];
        parts.fill(out, 0, 333);
        parts.add(out, 333, 667);
        assertThat(out).isEqualTo(whole);
        parts.reset();
        parts.fill(out, 0, 1000);
        assertThat(out).isEqualTo(whole);
        assertThat(noise(8000, -40, 8, 1000)).isNotEqualTo(whole);
    }

    @Test
    void aBlockAllocatesNothing() {
        ComfortNoise noise = new ComfortNoise(8000, -60, 1);
        short[] out = new short[160];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        noise.fill(out, 0, 160);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            noise.fill(out, 0, 160);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    @Test
    void loudNoiseIsRefused() {
        assertThatThrownBy(() -> new ComfortNoise(8000, -10, 1)).hasMessage("dBov is -10.0, allowed is -127 to -20");
        assertThatThrownBy(() -> new ComfortNoise(8000, Double.NaN, 1)).hasMessageContaining("dBov is NaN");
        assertThatThrownBy(() -> new ComfortNoise(4000, -50, 1)).hasMessage("rate is 4000, allowed is 8000 to 48000");
    }
}
