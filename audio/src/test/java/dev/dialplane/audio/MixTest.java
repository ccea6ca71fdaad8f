package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MixTest {
    @Test
    void sumsAreClippedNeverWrapped() {
        qt().withExamples(2000)
                .forAll(integers().between(-32_768, 32_767), integers().between(-32_768, 32_767))
                .checkAssert((a, b) -> {
                    short[] target = {9, a.shortValue(), 9};
                    Mix.add(target, 1, new short[] {b.shortValue()}, 0, 1);
                    assertThat(target)
                            .containsExactly((short) 9, (short) Math.max(-32_768, Math.min(32_767, a + b)), (short) 9);
                });
    }

    @Test
    void aSourceIsAddedAtItsGain() {
        short[] target = {100, 100, 30_000};
        Mix.add(target, 0, new short[] {10, -11, 30_000}, 0, 3, 0.5f);
        assertThat(target).containsExactly((short) 105, (short) 95, (short) 32_767);
    }

    @Test
    void aRampIsStraightAndJoinsTheNext() {
        short[] samples = new short[100];
        Arrays.fill(samples, (short) 10_000);
        Mix.ramp(samples, 0, 50, 0, 0.5f);
        Mix.ramp(samples, 50, 50, 0.5f, 1);
        for (int i = 0; i < 100; i++) {
            assertThat((int) samples[i]).isEqualTo(i * 100);
        }
    }

    /** A click is a step that the sound itself does not make. */
    private static int steepest(short[] samples) {
        int steepest = Math.abs((int) samples[0]);
        for (int i = 1; i < samples.length; i++) {
            steepest = Math.max(steepest, Math.abs(samples[i] - samples[i - 1]));
        }
        return Math.max(steepest, Math.abs((int) samples[samples.length - 1]));
    }

    @Test
    void aFadedCutDoesNotClickButABareOneDoes() {
        short[] tone = Spectrum.sine(200, 20_000, 8000, 1615);
        int own = 20_000 * 2 * 200 * 22 / 7 / 8000 + 1;
        assertThat(steepest(tone)).as("a bare cut").isGreaterThan(3 * own);

        short[] faded = tone.clone();
        Fader fader = new Fader(0);
        fader.fadeTo(1, 40);
        fader.apply(faded, 0, 800);
        fader.apply(faded, 800, 775);
        fader.fadeTo(0, 40);
        fader.apply(faded, 1575, 40);
        assertThat(fader.settled()).isTrue();
        assertThat(steepest(faded)).as("a faded cut").isLessThan(own + 20_000 / 40 + 2);
        assertThat(Arrays.copyOfRange(faded, 40, 1575)).isEqualTo(Arrays.copyOfRange(tone, 40, 1575));
    }

    @Test
    void aFadeDoesNotDependOnTheBlocks() {
        qt().withExamples(200)
                .forAll(
                        integers().between(0, 300),
                        integers().between(1, 80),
                        integers().between(0, 100))
                .checkAssert((length, block, percent) -> {
                    short[] whole = Spectrum.sine(440, 20_000, 8000, 400);
                    short[] parts = whole.clone();
                    Fader first = new Fader(0.9f);
                    first.fadeTo(percent / 100f, length);
                    first.apply(whole, 0, 400);
                    Fader second = new Fader(0.9f);
                    second.fadeTo(percent / 100f, length);
                    for (int at = 0; at < 400; at += block) {
                        second.apply(parts, at, Math.min(block, 400 - at));
                    }
                    assertThat(parts).isEqualTo(whole);
                    assertThat(second.gain()).isEqualTo(percent / 100f);
                });
    }

    @Test
    void aFadeThatIsOvertakenGoesOnFromWhereItIs() {
        Fader fader = new Fader(1);
        fader.fadeTo(0, 100);
        fader.apply(new short[50], 0, 50);
        assertThat(fader.gain()).isBetween(0.49f, 0.51f);
        fader.fadeTo(1, 100);
        short[] samples = {10_000};
        fader.apply(samples, 0, 1);
        assertThat((int) samples[0]).isBetween(4900, 5100);
    }

    @Test
    void aCrossfadeRunsFromOneSoundToTheOther() {
        short[] target = new short[101];
        Arrays.fill(target, (short) 10_000);
        short[] source = new short[101];
        Arrays.fill(source, (short) -10_000);
        Mix.crossfade(target, 0, source, 0, 101);
        assertThat((int) target[0]).isBetween(9800, 10_000);
        assertThat((int) target[50]).isBetween(-1, 1);
        assertThat((int) target[100]).isBetween(-10_000, -9800);
        for (int i = 1; i < 101; i++) {
            assertThat(target[i]).isLessThan(target[i - 1]);
        }
    }

    @Test
    void rangesOutsideTheirArraysAreRefused() {
        assertThatThrownBy(() -> Mix.add(new short[5], 0, new short[5], 1, 5))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Mix.ramp(new short[5], -1, 3, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new Fader(0).fadeTo(1, -1)).hasMessage("samples is -1, allowed is 0 and more");
    }
}
