package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelTest {
    @Test
    void aFullScaleSquareWaveIsAtZero() {
        short[] square = new short[160];
        for (int i = 0; i < square.length; i++) {
            square[i] = i % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        assertThat(Level.dBov(square)).isCloseTo(0, offset(0.001)).isLessThanOrEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource({"32767, -3.01", "16384, -9.03", "3277, -23.01", "328, -43.0"})
    void aSineIsThreeDecibelsBelowItsPeak(double amplitude, double dBov) {
        assertThat(Level.dBov(Spectrum.sine(1000, amplitude, 8000, 8000))).isCloseTo(dBov, offset(0.02));
    }

    @Test
    void silenceHasTheFloorOfRfc6464() {
        assertThat(Level.dBov(new short[160])).isEqualTo(-127);
        assertThat(Level.dBov(new short[0])).isEqualTo(-127);
        assertThat(Level.dBov(new short[] {1, -1})).isCloseTo(-90.31, offset(0.01));
    }

    @Test
    void onlyTheBlockCounts() {
        short[] samples = new short[30];
        Arrays.fill(samples, 10, 20, (short) -1000);
        samples[15] = 1000;
        assertThat(Level.rms(samples, 10, 10)).isEqualTo(1000);
        assertThat(Level.rms(samples, 20, 10)).isZero();
        assertThat(Level.peak(samples, 10, 10)).isEqualTo(1000);
        assertThat(Level.peak(samples, 0, 10)).isZero();
        assertThat(Level.peak(new short[] {Short.MIN_VALUE}, 0, 1)).isEqualTo(32_768);
    }

    @Test
    void levelsAndFactorsMatch() {
        assertThat(Level.rmsOf(-20)).isCloseTo(3276.8, offset(0.01));
        assertThat(Level.gain(6.0206)).isCloseTo(2, offset(0.0001f));
    }
}
