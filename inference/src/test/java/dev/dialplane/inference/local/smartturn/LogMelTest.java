package dev.dialplane.inference.local.smartturn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogMelTest {
    /** Made by {@code src/test/smartturn/record_reference.py}, with the code that the model's authors publish. */
    private static List<String[]> reference() {
        try (InputStream in = LogMelTest.class.getResourceAsStream("features.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As in {@code record_reference.py}. */
    private static short[] sound(int count) {
        short[] samples = new short[count];
        int noise = 1;
        int phase = 0;
        for (int i = 0; i < count; i++) {
            noise = noise * 1103515245 + 12345 & 0x7FFFFFFF;
            phase = (phase + 80 + i / 400 % 90) % 4096;
            int loud = i / 1600 % 4 < 3 ? 6000 : 40;
            samples[i] = (short) (Math.floorDiv(loud * (phase - 2048), 2048) + (noise >> 16) % 201 - 60);
        }
        return samples;
    }

    @Test
    void theFeaturesAreThoseOfTheReference() {
        List<String[]> reference = reference();
        Map<Integer, float[]> features = new HashMap<>();
        assertThat(reference).hasSizeGreaterThan(200);
        for (String[] row : reference) {
            int count = Integer.parseInt(row[0]);
            int band = Integer.parseInt(row[1]);
            int frame = Integer.parseInt(row[2]);
            float feature = features.computeIfAbsent(count, it -> LogMel.of(sound(it)))[band * LogMel.FRAMES + frame];
            assertThat(feature)
                    .as("band %d of frame %d, of %d samples", band, frame, count)
                    .isCloseTo(Float.parseFloat(row[3]), within(5e-6f));
        }
    }

    @Test
    void onlyTheLastEightSecondsCount() {
        short[] whole = sound(200_000);
        short[] last = Arrays.copyOfRange(whole, whole.length - LogMel.SECONDS * LogMel.RATE, whole.length);
        assertThat(LogMel.of(whole)).isEqualTo(LogMel.of(last));
    }

    @Test
    void silenceAndNothingHaveFeaturesToo() {
        assertThat(LogMel.of(new short[0])).doesNotContain(Float.NaN).hasSize(LogMel.MELS * LogMel.FRAMES);
        assertThat(LogMel.of(new short[16_000])).isEqualTo(LogMel.of(new short[0]));
    }

    @Test
    void aSpectrumIsThatOfTheFouriersSum() {
        Random random = new Random(5);
        double[] frame = random.doubles(PowerSpectrum.SIZE, -1, 1).toArray();
        double[] power = new double[PowerSpectrum.BINS];
        PowerSpectrum spectrum = new PowerSpectrum();
        spectrum.of(new double[PowerSpectrum.SIZE], power);
        spectrum.of(frame, power);
        for (int k = 0; k < PowerSpectrum.BINS; k++) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < frame.length; i++) {
                re += frame[i] * Math.cos(2 * Math.PI * k * i / PowerSpectrum.SIZE);
                im += frame[i] * Math.sin(2 * Math.PI * k * i / PowerSpectrum.SIZE);
            }
            assertThat(power[k]).as("bin %d", k).isCloseTo(re * re + im * im, within(1e-8));
        }
    }
}
