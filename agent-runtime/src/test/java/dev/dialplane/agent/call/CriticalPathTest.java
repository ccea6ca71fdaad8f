package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.contracts.common.v1.ResponseTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CriticalPathTest {
    private static final long MS = 1_000_000;
    private static final long START = 9_000 * MS;

    /** When each thing happened, in ms since the caller's last sound, and what its stage took. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "one after another,                     200, 300, 600, 750, 755,    200, 100, 300, 150, 5,   755",
        "recognized before it was decided,      200, 150, 600, 750, 755,    200, 0,   400, 150, 5,   755",
        "replied before it was decided,         900, 150, 600, 700, 905,    900, 0,   0,   0,   5,   905",
        "spoken while the model went on,        200, 300, 600, 500, 605,    200, 100, 300, 0,   5,   605",
        "a phrase that was prepared,            200, 0,   0,   0,   201,    200, 0,   0,   0,   1,   201",
        "decided before the caller had ended,   -50, 100, 200, 300, 301,    0,   100, 100, 100, 1,   301",
        "left before anything was known,        200, 300, 600, 750, 100,    200, 100, 300, 150, 0,   750",
    })
    void aStageThatWasDoneBeforeTheOneAheadOfItTookNoTime(
            String rule,
            long decided,
            long transcribed,
            long clause,
            long audio,
            long left,
            double silence,
            double stt,
            double llm,
            double tts,
            double ours,
            double total) {
        ResponseTime response =
                new CriticalPath(START, at(decided), at(transcribed), at(clause), at(audio), at(left)).toProto();

        assertThat(response)
                .isEqualTo(ResponseTime.newBuilder()
                        .setSilenceMs(silence)
                        .setSttMs(stt)
                        .setLlmMs(llm)
                        .setTtsMs(tts)
                        .setOursMs(ours)
                        .setTotalMs(total)
                        .build());
        assertThat(silence + stt + llm + tts + ours).isCloseTo(total, within(1e-9));
    }

    private static long at(long ms) {
        return START + ms * MS;
    }
}
