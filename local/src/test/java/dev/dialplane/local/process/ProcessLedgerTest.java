package dev.dialplane.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProcessLedgerTest {
    @Test
    void aLineIsAProcess() {
        assertThat(ProcessLedger.parse("123 456 default/gateway"))
                .contains(new ProcessLedger.Entry(123, 456, "default/gateway"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "12 34", "x 1 name", "1 x name", "99999999999999999999 1 name"})
    void aBrokenLineIsNone(String line) {
        assertThat(ProcessLedger.parse(line)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0, -1, -5, 1L << 40})
    void onlyOneOrdinaryProcessIsSignalled(long pid) {
        assertThatThrownBy(() -> Signals.TERM.send(pid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Signals.TERM.sendToGroup(pid)).isInstanceOf(IllegalArgumentException.class);
    }
}
