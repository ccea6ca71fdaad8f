package dev.dialplane.local.caller.speech;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.audio.ComfortNoise;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeechSpansTest {
    private static final int MS = Mouth.RATE / 1000;

    @Test
    void findsOnsetAndEndToTenMillisecondsOverTheNoiseOfALine() {
        short[] samples = noise(3000, -60);
        sound(samples, 500, 700);
        sound(samples, 1100, 1530);

        assertThat(SpeechSpans.of(samples, 100))
                .containsExactly(new Span(500 * MS, 700 * MS), new Span(1100 * MS, 1530 * MS));
    }

    @Test
    void pausesShorterThanTheGapBelongToTheSpeech() {
        short[] samples = noise(4000, -70);
        sound(samples, 200, 600);
        sound(samples, 1290, 1500);
        sound(samples, 2200, 2600);

        assertThat(SpeechSpans.of(samples, 700))
                .containsExactly(new Span(200 * MS, 1500 * MS), new Span(2200 * MS, 2600 * MS));
    }

    @Test
    void silenceAndNoiseAreNoSpeech() {
        assertThat(SpeechSpans.of(new short[8000], 700)).isEmpty();
        assertThat(SpeechSpans.of(noise(2000, -65), 700)).isEmpty();
    }

    @Test
    void aRecordingThatIsAllSpeechIsOneSpan() {
        short[] samples = new short[1000 * MS];
        sound(samples, 0, 1000);
        assertThat(SpeechSpans.of(samples, 700)).isEqualTo(List.of(new Span(0, 1000 * MS)));
    }

    static short[] noise(int ms, double dBov) {
        short[] samples = new short[ms * MS];
        new ComfortNoise(Mouth.RATE, dBov, 1).fill(samples, 0, samples.length);
        return samples;
    }

    /** A tone at about the level of speech on a line. */
    static void sound(short[] samples, int fromMs, int toMs) {
        for (int i = fromMs * MS; i < toMs * MS; i++) {
            samples[i] += (short) (3000 * Math.sin(2 * Math.PI * 440 * i / Mouth.RATE));
        }
    }
}
