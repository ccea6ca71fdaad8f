package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DtmfTest {
    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000})
    void aDialedRowHasItsTonesItsPausesAndItsWaits(int rate) {
        short[] row = Dtmf.dialed("5w#", rate);
        int ms = rate / 1_000;
        assertThat(row).hasSize(900 * ms).hasSize(Dtmf.dialedSamples("5w#", rate));
        assertThat(Spectrum.dBov(row, 10 * ms, 90 * ms, 770, rate)).isBetween(-15.5, -14.5);
        assertThat(Spectrum.dBov(row, 10 * ms, 90 * ms, 1_336, rate)).isBetween(-13.5, -12.5);
        assertThat(Level.dBov(row, 100 * ms, 600 * ms)).isEqualTo(Level.SILENCE);
        assertThat(Spectrum.dBov(row, 710 * ms, 790 * ms, 941, rate)).isBetween(-15.5, -14.5);
        assertThat(Spectrum.dBov(row, 710 * ms, 790 * ms, 1_477, rate)).isBetween(-13.5, -12.5);
        assertThat(Level.dBov(row, 800 * ms, 100 * ms)).isEqualTo(Level.SILENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12 34", "e", "W", "1234567890123456789012345678901234", "+49"})
    void whatIsNoRowIsRefusedWithoutBeingRepeated(String digits) {
        assertThat(Dtmf.isRow(digits)).isFalse();
        assertThatThrownBy(() -> Dtmf.dialed(digits, 8_000))
                .hasMessage(
                        "digits has " + digits.length() + " characters, allowed are 1 to 32 of 0-9, *, #, A-D and w");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4711, 4711",
        "'4711#', 4711",
        "'#', hash",
        "'##', hash",
        "'*', star",
        "'*1', star 1",
        "'1**2', 1 star star 2",
        "'12#4', 12 hash 4",
        "'AB', AB"
    })
    void anEntryReadsAsOneWouldSayIt(String keys, String text) {
        assertThat(Dtmf.asText(keys)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "a", "E", " ", "\n"})
    void whatIsNoDigitIsNone(String digit) {
        assertThat(Dtmf.isDigit(digit)).isFalse();
    }
}
