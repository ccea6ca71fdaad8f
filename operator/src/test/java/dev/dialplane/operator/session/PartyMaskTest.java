package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartyMaskTest {

    @ParameterizedTest
    @CsvSource({
        "+919812345678,+••••••••5678",
        "••••••5678,••••••5678",
        "5678,5678",
        "sip:alice@example,sip:alice@example",
        "'',''",
        "98 12 34 56 78,•• •• •• 56 78"
    })
    void noMoreThanTheLastFourDigitsStay(String party, String masked) {
        assertThat(PartyMask.mask(party)).isEqualTo(masked == null ? "" : masked);
    }
}
