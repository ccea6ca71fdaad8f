package dev.dialplane.agent.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TallyTest {
    private final Tally tally = new Tally();

    @Test
    void everythingIsAddedUp() {
        for (int i = 0; i < 3; i++) {
            tally.heard(20);
            tally.recognized(2.5);
            tally.spoken(40);
            tally.generated(GenerateDone.newBuilder()
                    .setInputTokens(100)
                    .setOutputTokens(10)
                    .build());
            tally.interrupted();
        }

        assertThat(tally.interruptions()).isEqualTo(3);
        assertThat(tally.usage())
                .isEqualTo(Usage.newBuilder()
                        .setAudioSeconds(60)
                        .setSttSeconds(7.5)
                        .setLlmInputTokens(300)
                        .setLlmOutputTokens(30)
                        .setTtsCharacters(120)
                        .build());
    }

    @ParameterizedTest
    @CsvSource({"60, 20, 60", "20, 60, 60", "0, 0, 0"})
    void audioIsWhicheverSideWasLonger(double heard, double said, double audio) {
        tally.heard(heard);
        tally.said(said);

        assertThat(tally.usage().getAudioSeconds()).isEqualTo(audio);
    }

    @Test
    void responsesBeyondWhatAMessageHoldsAreLeftOut() {
        for (int i = 0; i < 3000; i++) {
            tally.responded(ResponseTime.newBuilder().setTotalMs(i).build());
        }

        assertThat(tally.responses()).hasSize(2000);
        assertThat(tally.responses().getLast().getTotalMs()).isEqualTo(1999);
    }
}
