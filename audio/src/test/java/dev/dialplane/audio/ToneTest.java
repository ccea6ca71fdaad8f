package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ToneTest {
    @ParameterizedTest
    @CsvSource({"400, -10, 8000", "1004, -3.02, 8000", "3399.5, -20, 16000", "11000, -9, 48000"})
    void aSineIsPureAndAtItsLevel(double hz, double dBov, int rate) {
        short[] samples = Tone.sine(hz, dBov, rate).take(rate);
        Spectrum.Fit fit = Spectrum.fit(samples, 0, rate, hz, rate);
        assertThat(fit.sinad()).isGreaterThan(75);
        assertThat(Level.dBov(samples)).isCloseTo(dBov, offset(0.02));
    }

    @Test
    void aSineDoesNotDriftInAnHour() {
        int rate = 8000;
        Tone tone = Tone.sine(1000.25, -10, rate);
        short[] samples = new short[rate];
        for (int second = 0; second < 3600; second++) {
            tone.fill(samples, 0, rate);
        }
        // 3,599 s of 1,000.25 Hz end at three quarters of a period; a frequency is exact to a microhertz.
        assertThat(Spectrum.phase(samples, 0, rate, 1000.25, rate)).isCloseTo(-Math.PI / 2, offset(0.025));
        assertThat(Level.dBov(samples)).isCloseTo(-10, offset(0.01));
    }

    @ParameterizedTest
    @CsvSource({
        "INDIA, '0 150 F, 0 390 T, 410 590 F, 610 990 T, 1010 2990 F, 3010 3390 T'",
        "UNITED_KINGDOM, '10 390 T, 400 600 F, 610 990 T, 1000 3000 F, 3010 3390 T'",
        "UNITED_STATES, '10 1990 T, 2000 6000 F, 6010 7990 T'",
        "EUROPE, '10 990 T, 1000 5000 F, 5010 5990 T'"
    })
    void ringbackHasItsCountrysCadence(Tone.Country country, String cadence) {
        short[] samples = Tone.ringback(country, 8000).take(8 * 8000);
        for (String part : cadence.split(", ", -1)) {
            String[] fields = part.split(" ", -1);
            int from = Integer.parseInt(fields[0]) * 8;
            int count = Integer.parseInt(fields[1]) * 8 - from;
            if (fields[2].equals("T")) {
                assertThat(Level.dBov(samples, from, count)).as(part).isCloseTo(-19, offset(1.0));
            } else if (from > 0) {
                assertThat(Level.peak(samples, from, count)).as(part).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void ringbackDoesNotClick(Tone.Country country) {
        short[] samples = Tone.ringback(country, 8000).take(8 * 8000);
        assertThat(samples[0]).isZero();
        int peak = Level.peak(samples, 0, samples.length);
        assertThat(Level.peak(samples, 0, 10)).isLessThan(peak / 3);
        // The steepest of 480 Hz at the peak of -16 dBov, with the ramp's own slope.
        double most = peak * (2 * Math.PI * 480 / 8000 + 1 / 40.0);
        for (int i = 1; i < samples.length; i++) {
            assertThat(Math.abs(samples[i] - samples[i - 1])).as("sample %d", i).isLessThan((int) most);
        }
    }

    @Test
    void holdIsSoftAndMostlyPause() {
        short[] samples = Tone.hold(16_000).take(6 * 16_000);
        assertThat(Level.dBov(samples, 160, 2000)).isCloseTo(-28, offset(0.5));
        int sounding = 0;
        for (short sample : samples) {
            sounding += sample == 0 ? 0 : 1;
        }
        assertThat(sounding / (double) samples.length).isBetween(0.08, 0.11);
    }

    @Test
    void aToneDoesNotDependOnTheBlocks() {
        short[] whole = Tone.ringback(Tone.Country.INDIA, 8000).take(30_000);
        Tone parts = Tone.ringback(Tone.Country.INDIA, 8000);
        short[] out = new short[30_000];
        for (int at = 0, block = 1; at < out.length; at += block, block = block * 7 % 501 + 1) {
            parts.fill(out, at, Math.min(block, out.length - at));
        }
        assertThat(out).isEqualTo(whole);
    }

    @Test
    void everyDigitHasItsTwoTonesAndNoOther() {
        int[] all = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
        String[] pairs = {
            "1 697 1209", "2 697 1336", "3 697 1477", "A 697 1633", "4 770 1209", "5 770 1336", "6 770 1477",
            "b 770 1633", "7 852 1209", "8 852 1336", "9 852 1477", "C 852 1633", "* 941 1209", "0 941 1336",
            "# 941 1477", "d 941 1633"
        };
        for (String pair : pairs) {
            String[] fields = pair.split(" ", -1);
            short[] samples = Dtmf.tone(fields[0].charAt(0), 8000).take(8000);
            for (int hz : all) {
                double level = Spectrum.dBov(samples, 0, 8000, hz, 8000);
                String name = String.valueOf(hz);
                if (name.equals(fields[1])) {
                    assertThat(level).as(pair).isCloseTo(-15, offset(0.1));
                } else if (name.equals(fields[2])) {
                    assertThat(level).as(pair).isCloseTo(-13, offset(0.1));
                } else {
                    assertThat(level).as("%d in %s", hz, pair).isLessThan(-60);
                }
            }
        }
    }

    @Test
    void aRowOfDigitsHasPauses() {
        short[] row = Dtmf.row("1#9", 8000, 100, 60);
        assertThat(row).hasSize(3 * 160 * 8);
        for (int i = 0; i < 3; i++) {
            assertThat(Level.dBov(row, i * 1280, 800)).isBetween(-12.0, -10.0);
            assertThat(Level.peak(row, i * 1280 + 800, 480)).isZero();
        }
        assertThat(Spectrum.dBov(row, 1280 + 100, 1280 + 700, 1477, 8000)).isCloseTo(-13, offset(0.3));
    }

    @Test
    void whatCannotSoundIsRefused() {
        assertThatThrownBy(() -> Dtmf.tone('x', 8000)).hasMessage("digit is 'x', allowed are 123A456B789C*0#D");
        assertThatThrownBy(() -> Dtmf.row("1", 8000, 30, 60)).hasMessageContaining("onMillis");
        assertThatThrownBy(() -> Tone.sine(4000, -10, 8000)).hasMessageContaining("hz is 4000.0");
        assertThatThrownBy(() -> Tone.sine(400, -2, 8000)).hasMessageContaining("dBov");
        assertThatThrownBy(() -> Tone.of(8000, List.of(new Tone.Sine(400, -10)), 100))
                .hasMessage("cadenceMillis has 1 parts, allowed is an even number");
        assertThatThrownBy(() -> Tone.of(8000, List.of(new Tone.Sine(400, -10)), 100, 5))
                .hasMessage("cadenceMillis has 5, allowed is 10 and more");
    }
}
