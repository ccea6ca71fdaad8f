package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.audio.ComfortNoise;
import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the real detector, on real speech. */
class EarTest {
    private static final int SECOND = Ear.RATE;

    private final List<String> heard = new ArrayList<>();
    private final Ear ear = new Ear(listener());

    @Test
    void silenceIsNoSpeechAndAfterASecondOfItTheDetectorRests() {
        hear(new short[SECOND], 160);
        assertThat(ear.asleep()).isFalse();

        hear(new short[9 * SECOND], 160);

        assertThat(ear.asleep()).isTrue();
        assertThat(ear.windowsSeen()).isLessThan(40);
        assertThat(heard).isEmpty();
    }

    @Test
    void wokenByASoundTheDetectorLooksAtThe320MillisecondsBeforeIt() {
        hear(new short[3 * SECOND], 160);
        long seen = ear.windowsSeen();
        short[] sound = new short[160];
        Arrays.fill(sound, (short) 3000);

        hear(sound, 160);

        assertThat(ear.asleep()).isFalse();
        assertThat(ear.windowsSeen() - seen).isBetween(10L, 11L);
    }

    @Test
    void noiseIsNoSpeech() {
        Random random = new Random(1);
        short[] noise = new short[5 * SECOND];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (short) (300 * random.nextGaussian());
        }

        hear(noise, 160);

        assertThat(heard).isEmpty();
    }

    /** The detector sleeps on a line's noise, and what the line loses of it does not wake it: windows of 32 ms, of 1,875. */
    @ParameterizedTest(name = "noise of {0} dBov, a loss of {2} frames begins in {1} of them")
    @CsvSource(delimiter = '|', textBlock = """
        -65 | 0.1   | 1  | 40
        -65 | 0.017 | 3  | 40
        -65 | 0.01  | 10 | 40
        -60 | 0.017 | 3  | 40
        -60 | 0.01  | 10 | 40
        -54 | 0.017 | 3  | 120
        -54 | 0.01  | 10 | 120
        -45 | 0.017 | 3  | 220
        -45 | 0.01  | 10 | 220
        """)
    void theDetectorRestsOnTheNoiseOfALineWhoseLossesAreConcealed(int dBov, double share, int burst, int windows) {
        ComfortNoise noise = new ComfortNoise(SECOND, dBov, 1);
        Concealment concealment = new Concealment(SECOND);
        Random random = new Random(1);
        short[] frame = new short[160];
        int losing = 0;
        for (int at = 0; at < 60 * SECOND; at += frame.length) {
            losing = losing > 0 ? losing - 1 : random.nextDouble() < share ? burst : 0;
            boolean lost = losing > 0;
            noise.fill(frame, 0, frame.length);
            if (lost) {
                concealment.conceal(frame, 0, frame.length);
            } else {
                concealment.heard(frame, 0, frame.length);
            }
            ear.hear(frame, 0, frame.length, lost);
        }

        assertThat(heard).isEmpty();
        assertThat(ear.windowsSeen()).isLessThan(windows);
    }

    /** Of a telephone's usual quiet line, with frames of 20 ms lost and nothing in their place. */
    @Test
    void theNoiseOfALineThatLosesFramesIsNoSpeech() {
        short[] noise = new short[30 * SECOND];
        new ComfortNoise(SECOND, -65, 1).fill(noise, 0, noise.length);
        Random random = new Random(1);
        for (int at = 0; at < noise.length; at += 160) {
            if (random.nextDouble() < 0.1) {
                Arrays.fill(noise, at, at + 160, (short) 0);
            }
        }

        hear(noise, 160);

        assertThat(heard).isEmpty();
    }

    @Test
    void aSleepingDetectorWakesInTimeForTheOnset() {
        short[] speech = speech();
        short[] late = new short[5 * SECOND + speech.length];
        System.arraycopy(speech, 0, late, 5 * SECOND, speech.length);
        hear(Arrays.copyOf(speech, speech.length + SECOND), 160);
        List<String> awake = List.copyOf(heard);
        heard.clear();

        Ear other = new Ear(listener());
        other.hear(late, 0, late.length, false);
        other.hear(new short[SECOND], 0, SECOND, false);

        assertThat(heard).hasSameSizeAs(awake);
        assertThat(position(heard.getFirst()) - 5 * SECOND)
                .isBetween(position(awake.getFirst()) - 240, position(awake.getFirst()) + 240);
    }

    /** A carrier's usual frame, odd ones, the second of audio that a stalled socket lets go at once, and all of it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 80, 160, 163, 800, 8000, 1 << 20})
    void whatIsHeardDoesNotDependOnHowTheSamplesCome(int block) {
        short[] speech = speech();
        short[] padded = new short[2 * SECOND + speech.length + SECOND];
        System.arraycopy(speech, 0, padded, 2 * SECOND, speech.length);
        hear(padded, 160);
        List<String> usual = List.copyOf(heard);
        heard.clear();

        Ear other = new Ear(listener());
        for (int at = 0; at < padded.length; at += block) {
            other.hear(padded, at, Math.min(block, padded.length - at), false);
        }

        assertThat(usual).isNotEmpty();
        assertThat(heard).isEqualTo(usual);
        assertThat(other.heard()).isEqualTo(padded.length);
    }

    /** Without the gain before the detector the first 290 ms would be missed. */
    @Test
    void aCallerFarQuieterThanUsualIsHeardFromTheSameMoment() {
        hear(speech(), 160);
        long usual = position(heard.getFirst());
        heard.clear();
        short[] quiet = overLine(speech(), -36);

        new Ear(listener()).hear(quiet, 0, quiet.length, false);

        assertThat(position(heard.getFirst())).isBetween(usual, usual + SECOND / 20);
    }

    /** A recording as a line carries it that is louder or quieter. */
    private static short[] overLine(short[] samples, double decibels) {
        float gain = Level.gain(decibels);
        byte[] coded = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (short) Math.round(gain * samples[i]);
        }
        G711.MU_LAW.encode(samples, 0, coded, 0, samples.length);
        G711.MU_LAW.decode(coded, 0, samples, 0, samples.length);
        return samples;
    }

    private Ear.Listener listener() {
        return new Ear.Listener() {
            @Override
            public void speechBegan(long onset) {
                heard.add("began " + onset);
            }

            @Override
            public void speechEnded(long end) {
                heard.add("ended " + end);
            }
        };
    }

    private void hear(short[] samples, int block) {
        for (int at = 0; at < samples.length; at += block) {
            ear.hear(samples, at, Math.min(block, samples.length - at), false);
        }
    }

    private static long position(String event) {
        return Long.parseLong(event.substring(event.indexOf(' ') + 1));
    }

    private static short[] speech() {
        byte[] coded = Recordings.forward();
        short[] linear = new short[coded.length];
        G711.MU_LAW.decode(coded, 0, linear, 0, coded.length);
        return linear;
    }
}
