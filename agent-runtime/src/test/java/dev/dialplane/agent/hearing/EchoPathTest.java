package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.agent.testing.Recordings;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back of the agent's sound, by loudness alone. Figures are RMS values of 10 ms in 16-bit steps. */
class EchoPathTest {
    private static final float NOISE = 20;

    private final Random random = new Random(4711);
    private final EchoPath path = new EchoPath();
    private final float[] agent = levels(Recordings.sentence(6000), 0);
    private final float[] caller = levels(Recordings.sentence(6000), 250);

    @Test
    void anEchoIsKnownWithinTwoSecondsByItsDelayAndItsLoudness() {
        for (int frame = 0; frame < 200; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 18, -20)), false);
        }

        assertThat(path.known()).isTrue();
        assertThat(path.delayMs()).isCloseTo(180, within(20));
        assertThat(path.gainDb()).isCloseTo(-20, within(3.0));
    }

    @Test
    void aKnownEchoIsExplainedAndTheCallerOverItIsNot() {
        for (int frame = 0; frame < 300; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 18, -20)), false);
        }
        assertThat(path.explains(100)).isTrue();
        assertThat(path.explainsWhatCameLast()).isTrue();

        int frames = 0;
        for (int frame = 300; path.explainsWhatCameLast() && frame < 400; frame++, frames++) {
            path.frame(agent[frame], mixed(echo(frame, 18, -20), caller[frame]), false);
        }

        assertThat(frames).as("frames until the caller is heard over the echo").isBetween(1, 15);
    }

    @Test
    void onALineWithoutEchoNothingIsExplained() {
        for (int frame = 0; frame < agent.length; frame++) {
            path.frame(agent[frame], mixed(0), false);
            assertThat(path.known()).isFalse();
        }
    }

    @Test
    void whoSpeaksWhileTheAgentDoesIsNoEcho() {
        int known = 0;
        for (int frame = 0; frame < agent.length; frame++) {
            path.frame(agent[frame], mixed(caller[frame]), false);
            known += path.known() ? 1 : 0;
        }

        assertThat(known).isZero();
    }

    /** Nothing comes for as long, and silence is made of it. */
    @ParameterizedTest(name = "{0} frames")
    @ValueSource(ints = {2, 20, 100, 300})
    void aLossChangesNothingOfWhatIsKnown(int lost) {
        for (int frame = 0; frame < 300; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 18, -20)), false);
        }
        double gain = path.gainDb();

        for (int frame = 300; frame < 300 + lost; frame++) {
            path.frame(agent[frame], 0, true);
        }

        assertThat(path.known()).isTrue();
        assertThat(path.delayMs()).isCloseTo(180, within(20));
        assertThat(path.gainDb()).isEqualTo(gain);
    }

    /** What is made of a loss is as loud as what came before it, whatever the agent has said meanwhile. */
    @Test
    void whatIsMadeOfALossIsWhoseTheSoundBeforeItWas() {
        for (int frame = 0; frame < 300; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 18, -20)), false);
        }
        for (int frame = 0; frame < 30; frame++) {
            path.frame(4000, 400, false);
        }

        for (int frame = 0; frame < 6; frame++) {
            path.frame(0, 4000, true);
        }
        assertThat(path.explains(6)).as("the agent's").isTrue();

        path.frame(0, 4000, false);
        path.frame(0, 4000, true);
        assertThat(path.explains(2)).as("the caller's").isFalse();
    }

    @Test
    void anEchoThatEndsIsForgotten() {
        for (int frame = 0; frame < 300; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 30, -15)), false);
        }
        assertThat(path.known()).isTrue();

        for (int frame = 0; frame < 600; frame++) {
            path.frame(agent[frame % agent.length], mixed(0), false);
        }

        assertThat(path.known()).isFalse();
    }

    @Test
    void whatIsAsLoudAsTheAgentIsNoEcho() {
        for (int frame = 0; frame < 400; frame++) {
            path.frame(agent[frame], mixed(echo(frame, 18, 0)), false);
        }

        assertThat(path.known()).isFalse();
    }

    private float echo(int frame, int lag, double gainDb) {
        return frame < lag ? 0 : (float) (agent[frame - lag] * Math.pow(10, gainDb / 20));
    }

    /** Sounds of which nothing is known of one another add their powers; there is a little noise on every line. */
    private float mixed(float... sounds) {
        double power = NOISE * NOISE * (0.5 + random.nextDouble());
        for (float sound : sounds) {
            power += sound * sound;
        }
        return (float) Math.sqrt(power);
    }

    private static float[] levels(byte[] clip, int shift) {
        short[] samples = new short[clip.length];
        G711.MU_LAW.decode(clip, 0, samples, 0, clip.length);
        float[] levels = new float[clip.length / 80];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (float) Level.rms(samples, (i + shift) % levels.length * 80, 80);
        }
        return levels;
    }
}
