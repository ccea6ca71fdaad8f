package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.hearing.SpeechGate.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpeechGateTest {
    /** Windows by their probability in tenths, {@code q} where loudness says quiet: B(egan), E(nded), - for no change. */
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "two windows begin speech,                    0 5 5,                          --B",
        "one that leaves no doubt does,               0 9,                            -B",
        "one alone does not,                          0 6 0 0,                        ----",
        "nor do two apart,                            0 6 1 6 1 6,                    ------",
        "speech goes on above the lower threshold,    9 4 4 4,                        B---",
        "one window below is a closed mouth,          9 3 9 3 9,                      B----",
        "two windows below end it,                    9 3 3,                          B-E",
        "one below and quiet ends it,                 9 3q,                           BE",
        "quiet alone does not,                        9 9q,                           B-",
        "after a breath one window is enough,         9 3q 0 0 5,                     BE--B",
        "up to ten windows after the end,             9 3q 0 0 0 0 0 0 0 0 0 5,       BE---------B",
        "after eleven it is another onset,            9 3q 0 0 0 0 0 0 0 0 0 0 5 5,   BE-----------B",
        "before it began 0.4 is none,                 4 4 4,                          ---",
    })
    void turnsProbabilitiesIntoSpeechThatIsOnOrOff(String rule, String windows, String changes) {
        SpeechGate gate = new SpeechGate();
        StringBuilder seen = new StringBuilder();
        for (String window : windows.split(" ")) {
            boolean quiet = window.endsWith("q");
            Change change = gate.on((window.charAt(0) - '0') / 10f, quiet);
            seen.append(
                    switch (change) {
                        case NONE -> '-';
                        case BEGAN -> 'B';
                        case ENDED -> 'E';
                    });
        }
        assertThat(seen.toString()).as(rule).isEqualTo(changes);
    }

    @Test
    void afterASleepNothingOfBeforeCounts() {
        SpeechGate gate = new SpeechGate();
        gate.on(SpeechGate.SURE, false);
        gate.on(0, true);

        gate.slept();

        assertThat(gate.on()).isFalse();
        assertThat(gate.on(SpeechGate.ON, false)).isEqualTo(Change.NONE);
        assertThat(gate.on(SpeechGate.ON, false)).isEqualTo(Change.BEGAN);
    }

    @Test
    void countsTheWindowsOfSpeechInARow() {
        SpeechGate gate = new SpeechGate();
        gate.on(SpeechGate.ON, false);
        gate.on(SpeechGate.ON, false);
        assertThat(gate.voiced()).isEqualTo(2);

        gate.on(0, false);

        assertThat(gate.voiced()).isZero();
    }
}
