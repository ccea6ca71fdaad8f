package dev.dialplane.agent.hearing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dialplane.audio.ComfortNoise;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a line with noise at −57 dBov: 46 as an RMS value in 16-bit steps. */
class LevelsTest {
    private static final int SECOND = Ear.RATE;

    private final Levels levels = new Levels();
    private final ComfortNoise noise = new ComfortNoise(SECOND, -57, 1);

    @BeforeEach
    void theFloorIsKnown() {
        add(noise(10 * SECOND), false);
        assertThat(levels.floor()).isBetween(25f, 50f);
    }

    @Test
    void silenceLowersTheFloorAtOnceAndLoudSoundsRaiseItSlowly() {
        float known = levels.floor();

        add(new short[160], false);
        float lowered = levels.floor();
        add(loud(SECOND), false);

        assertThat(lowered).isLessThan(0.7f * known);
        assertThat(levels.floor()).isCloseTo(lowered * 1.42f, within(1f));
    }

    @ParameterizedTest(name = "{0} samples")
    @ValueSource(ints = {160, 480, 80_000})
    void whatWasMadeOfALossMovesTheFloorNeitherDownNorUp(int samples) {
        float known = levels.floor();

        add(new short[samples], true);
        assertThat(levels.floor()).isEqualTo(known);
        add(loud(samples), true);
        assertThat(levels.floor()).isEqualTo(known);

        add(new short[80], false);
        assertThat(levels.floor()).as("what comes after it does").isLessThan(known);
    }

    @Test
    void whatWasMadeOfALossSaysNothingOfHowLoudTheCallerIs() {
        add(loud(SECOND), false);
        float loud = levels.loud();
        short[] fading = new short[10 * SECOND];
        Arrays.fill(fading, (short) 60);

        add(fading, true);

        assertThat(levels.loud()).isEqualTo(loud);
    }

    @Test
    void whatWasMadeOfALossIsAsLoudAsItIs() {
        long before = levels.count();

        add(loud(160), true);

        assertThat(levels.count()).isEqualTo(before + 2);
        assertThat(levels.loudest(before)).isCloseTo(4000, within(1f));
    }

    @Test
    void aFrameIsMadeOfALossIfAnySampleOfItIs() {
        long before = levels.count();

        add(loud(100), false);
        add(loud(10), true);
        add(loud(130), false);

        assertThat(levels.concealed(before)).isFalse();
        assertThat(levels.concealed(before + 1)).isTrue();
        assertThat(levels.concealed(before + 2)).isFalse();
    }

    private void add(short[] samples, boolean concealed) {
        levels.add(samples, 0, samples.length, false, concealed);
    }

    private short[] noise(int count) {
        short[] samples = new short[count];
        noise.fill(samples, 0, count);
        return samples;
    }

    private static short[] loud(int count) {
        short[] samples = new short[count];
        Arrays.fill(samples, (short) 4000);
        return samples;
    }
}
