package dev.dialplane.gateway.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkNameTest {
    @Test
    void aNameIsReadBack() {
        assertThat(MarkName.parse(new MarkName(7, 1_600).toString())).isEqualTo(new MarkName(7, 1_600));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "g", "g-", "g1", "g1-", "-", "x1-2", "g1-2-3", "g-1-2", "g1-x", "g99999999999999999999-1"})
    void whatIsNotOursIsIgnored(String name) {
        assertThat(MarkName.parse(name)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"+919812345678,••••••5678", "12345678,••••••5678", "1234567,••••••", "'',••••••"})
    void numbersAreMasked(String number, String masked) {
        assertThat(Party.masked(number)).isEqualTo(masked);
    }
}
