package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a loss, on a voice: a pitch with its harmonics, of which the pitch moves a little or not. */
class ConcealmentTest {
    private static final double VIBRATO = 0.01;

    /** Harmonics of {@code hz} through two formants, their phases spread as by a mouth, about as loud as a caller. */
    private static short[] voice(double hz, double vibrato, int rate, int count) {
        short[] voice = new short[count];
        double phase = 0;
        for (int i = 0; i < count; i++) {
            phase += hz * (1 + vibrato * Math.sin(2 * Math.PI * 3 * i / rate)) / rate;
            double sum = 0;
            for (int harmonic = 1; harmonic * hz < 3_400; harmonic++) {
                double f = harmonic * hz;
                double gain = 1 / (1 + Math.pow((f - 500) / 200, 2)) + 0.5 / (1 + Math.pow((f - 1_500) / 300, 2));
                sum += gain * Math.sin(2 * Math.PI * harmonic * phase + 0.7 * harmonic * harmonic);
            }
            voice[i] = (short) Math.round(2_000 * sum);
        }
        return voice;
    }

    /** The voice as it comes out where 20 ms of it from {@code lost} on are lost. */
    private static short[] through(short[] voice, int rate, int lost, int frames) {
        Concealment concealment = new Concealment(rate);
        int frame = rate / 50;
        short[] out = voice.clone();
        for (int at = 0; at < out.length; at += frame) {
            if (at >= lost * frame && at < (lost + frames) * frame) {
                concealment.conceal(out, at, frame);
            } else {
                concealment.heard(out, at, frame);
            }
        }
        return out;
    }

    private static int steepest(short[] samples, int from, int to) {
        int steepest = 0;
        for (int i = from; i < to; i++) {
            steepest = Math.max(steepest, Math.abs(samples[i] - samples[i - 1]));
        }
        return steepest;
    }

    @ParameterizedTest
    @ValueSource(doubles = {90, 125, 210, 330})
    void aLostFrameIsLikeTheVoiceAndNeverClicks(double hz) {
        for (int rate : new int[] {8_000, 16_000}) {
            int frame = rate / 50;
            short[] voice = voice(hz, VIBRATO, rate, rate);
            int natural = steepest(voice, 1, voice.length);
            for (int lost = 10; lost < 40; lost++) {
                short[] out = through(voice, rate, lost, 1);
                int from = lost * frame;
                assertThat(steepest(out, from - 1, from + 2 * frame))
                        .as("%s Hz, frame %d at %d", hz, lost, rate)
                        .isLessThan((int) (1.25 * natural));
                assertThat(Level.dBov(out, from, frame) - Level.dBov(voice, from, frame))
                        .as("level of frame %d", lost)
                        .isBetween(-3.0, 3.0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {70, 90, 125, 190, 210, 330})
    void whatIsMadeOfASteadyVoiceIsNearlyWhatWasLost(double hz) {
        for (int rate : new int[] {8_000, 16_000}) {
            short[] voice = voice(hz, 0, rate, rate);
            short[] out = through(voice, rate, 25, 1);
            double signal = 0;
            double error = 0;
            // The first 10 ms of it, before it fades; lags are whole samples, which costs some dB at 8 kHz.
            for (int i = rate / 2; i < rate / 2 + rate / 100; i++) {
                signal += (double) voice[i] * voice[i];
                error += Math.pow(out[i] - voice[i], 2);
            }
            assertThat(10 * Math.log10(signal / error)).as("SNR at %d", rate).isGreaterThan(4);
        }
    }

    @Test
    void silenceInItsPlaceWouldClick() {
        int rate = 8_000;
        short[] voice = voice(125, VIBRATO, rate, rate);
        int natural = steepest(voice, 1, voice.length);
        int worst = 0;
        for (int lost = 10; lost < 40; lost++) {
            short[] silent = voice.clone();
            java.util.Arrays.fill(silent, lost * 160, (lost + 1) * 160, (short) 0);
            worst = Math.max(worst, steepest(silent, lost * 160 - 1, (lost + 2) * 160));
        }
        assertThat(worst).isGreaterThan((int) (1.25 * natural));
    }

    @Test
    void aLongLossFadesToSilenceAfterSixtyMilliseconds() {
        short[] voice = voice(125, VIBRATO, 8_000, 16_000);
        short[] out = through(voice, 8_000, 50, 10);
        double[] levels = new double[4];
        for (int i = 0; i < 4; i++) {
            levels[i] = Level.dBov(out, (50 + i) * 160, 160);
        }
        assertThat(levels[1]).isLessThan(levels[0]);
        assertThat(levels[2]).isLessThan(levels[1]);
        assertThat(levels[3]).isEqualTo(Level.SILENCE);
        assertThat(Level.dBov(out, 53 * 160, 7 * 160)).isEqualTo(Level.SILENCE);
        assertThat(steepest(out, 50 * 160 - 1, 62 * 160)).isLessThanOrEqualTo(steepest(voice, 1, voice.length));
    }

    @Test
    void whatComesAfterTheMergeIsAsItWas() {
        short[] voice = voice(125, VIBRATO, 8_000, 8_000);
        short[] out = through(voice, 8_000, 20, 2);
        for (int i = 0; i < voice.length; i++) {
            if (i < 20 * 160 || i >= 22 * 160 + 40) {
                assertThat(out[i]).as("sample %d", i).isEqualTo(voice[i]);
            }
        }
    }

    @Test
    void aLossBeforeAnythingWasHeardIsSilence() {
        short[] out = through(new short[800], 8_000, 0, 3);
        assertThat(out).containsOnly((short) 0);
    }
}
