package dev.dialplane.local.scenario.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.Level;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Words;
import dev.dialplane.local.scenario.live.ModelScript.SpokenWords;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeechTest {
    @Test
    void wordsLastAsLongAsInTheLabAndBeginWhereTheyAreSaid() {
        Speech speech = Speech.of(
                new Caller(
                        List.of(new Sound(300), new Pause(500), new Words("On Monday"), new Words("please")),
                        0,
                        null,
                        true),
                3);

        assertThat(speech.utterance().samples()).hasSize(8 * (300 + 500 + 660 + 330));
        assertThat(speech.at(8 * 10_000L))
                .containsExactly(new SpokenWords(10_800, "On Monday"), new SpokenWords(11_460, "please"));
        assertThat(speech.utterance().reference()).isEqualTo("On Monday please");
    }

    @Test
    void whatIsSaidIsLoudAndPausesAreSilent() {
        for (int step = 0; step < 20; step++) {
            short[] samples = Speech.of(
                            new Caller(List.of(new Words("Yes."), new Pause(400), new Words("No.")), 0, null, true),
                            step)
                    .utterance()
                    .samples();

            assertThat(Level.dBov(samples, 0, 330 * 8)).as("step %d", step).isGreaterThan(-35);
            assertThat(Level.dBov(samples, 330 * 8, 400 * 8)).isEqualTo(Level.SILENCE);
        }
    }
}
