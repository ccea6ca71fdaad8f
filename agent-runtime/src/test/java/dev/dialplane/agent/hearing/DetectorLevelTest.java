package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorLevelTest {

    private final DetectorLevel level = new DetectorLevel();

    /** Loudness as an RMS value in 16-bit steps; the gain after a while. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        nobody was heard so far                    | 0    | 4   | 1
        a usual caller                             | 4000 | 4   | 1
        quiet, and well heard                      | 400  | 4   | 1
        30 dB quieter than usual                   | 100  | 4   | 4
        hardly there                               | 20   | 1   | 20
        never by more than 30 dB                   | 5    | 1   | 32
        a noisy line, its noise is not made louder | 100  | 64  | 1
        some noise, lifted to that of a usual line | 100  | 32  | 2
        """)
    void quietCallersAreMadeLouderAndNoiseIsNot(String line, float loud, float floor, float gain) {
        for (int window = 0; window < 10; window++) {
            level.next(loud, floor);
        }
        assertThat(level.gain()).as(line).isCloseTo(gain, within(0.01f));
    }

    @Test
    void itRisesBySixDecibelsAWindowAndFallsAtOnce() {
        level.next(50, 1);
        assertThat(level.gain()).isEqualTo(2);
        level.next(50, 1);
        assertThat(level.gain()).isEqualTo(4);

        level.next(400, 1);

        assertThat(level.gain()).isEqualTo(1);
    }

    @Test
    void samplesThatWouldBeTooLoudStayAtFullScale() {
        level.next(50, 1);
        short[] window = {100, -20_000, 20_000};

        level.apply(window);

        assertThat(window).containsExactly(new short[] {200, -32_768, 32_767});
    }
}
