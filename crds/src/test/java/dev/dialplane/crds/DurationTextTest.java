package dev.dialplane.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({"300ms,PT0.3S", "5m,PT5M", "1h,PT1H", "1h30m,PT1H30M", "24h,PT24H", "1m0s500ms,PT1M0.5S", "0s,PT0S"})
    void readsWhatTheSchemaAllows(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "m",
                "-1s",
                "1.5s",
                "5 m",
                "5d",
                "1us",
                "1h1h1h1h1h",
                "12345678s",
                "9999999999999999999999999s"
            })
    void refusesTheRestAndSaysHowToWriteIt(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("300ms");
    }
}
