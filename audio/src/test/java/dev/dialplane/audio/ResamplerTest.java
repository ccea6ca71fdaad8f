package dev.dialplane.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplerTest {
    private static final double AMPLITUDE = 29_000;

    static Stream<Arguments> pairs() {
        return Resampler.RATES.stream()
                .flatMap(from ->
                        Resampler.RATES.stream().filter(to -> !to.equals(from)).map(to -> Arguments.of(from, to)));
    }

    /** What a quarter of a second of a sine becomes, and the part of it where the filter is full. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Response(short[] samples, int from, int to) {
        static Response of(double hz, int fromHz, int toHz) {
            Resampler resampler = Resampler.between(fromHz, toHz);
            short[] in = Spectrum.sine(hz, AMPLITUDE, fromHz, fromHz / 4);
            short[] out = new short[resampler.maxOutput(in.length)];
            int count = resampler.process(in, 0, in.length, out, 0);
            return new Response(Arrays.copyOf(out, count), 2 * resampler.delaySamples() + 2, count);
        }

        double dB(double meanSquare) {
            return 10 * Math.log10(Math.max(meanSquare, 1e-9) / (AMPLITUDE * AMPLITUDE / 2));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void sinesInBandComeThroughCleanAndAtTheirLevel(int fromHz, int toHz) {
        double nyquist = Math.min(fromHz, toHz) / 2.0;
        for (double share : new double[] {0.013, 0.1, 0.26, 0.5, 0.71, 0.83, 0.85}) {
            double hz = share * nyquist;
            Response response = Response.of(hz, fromHz, toHz);
            Spectrum.Fit fit = Spectrum.fit(response.samples, response.from, response.to, hz, toHz);
            assertThat(fit.sinad()).as("SINAD at %.0f Hz", hz).isGreaterThan(70);
            assertThat(response.dB(fit.signal())).as("gain at %.0f Hz", hz).isCloseTo(0, offset(0.02));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void whatTheLowerRateCannotHoldDoesNotFoldBack(int fromHz, int toHz) {
        if (toHz > fromHz) {
            return;
        }
        for (int step = 0; step < 12; step++) {
            double hz = toHz / 2.0 + (fromHz / 2.0 - toHz / 2.0) * step / 12;
            Response response = Response.of(hz, fromHz, toHz);
            double rms = Level.rms(response.samples, response.from, response.to - response.from);
            assertThat(response.dB(rms * rms)).as("alias of %.0f Hz", hz).isLessThan(-80);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theHigherRateHoldsNoImages(int fromHz, int toHz) {
        if (toHz < fromHz) {
            return;
        }
        for (double share : new double[] {0.05, 0.4, 0.7, 0.85, 0.92, 0.99}) {
            double hz = share * fromHz / 2;
            Response response = Response.of(hz, fromHz, toHz);
            // Without the sine itself, which is no whole number of periods and would leak into the measurement.
            double[] residue = Spectrum.fit(response.samples, response.from, response.to, hz, toHz)
                    .residue();
            for (int k = 1; k * fromHz - hz < toHz / 2.0; k++) {
                for (double image : new double[] {k * fromHz - hz, k * fromHz + hz}) {
                    if (image < toHz / 2.0) {
                        double level =
                                response.dB(Spectrum.fit(residue, image, toHz).signal());
                        assertThat(level)
                                .as("image of %.0f Hz at %.0f", hz, image)
                                .isLessThan(-80);
                    }
                }
            }
        }
    }

    @Test
    void theResultDoesNotDependOnTheBlocks() {
        qt().withExamples(150)
                .forAll(
                        integers().between(0, 8),
                        integers().between(0, 8),
                        integers().all(),
                        integers().between(1, 2500))
                .checkAssert((a, b, seed, most) -> {
                    int fromHz = Resampler.RATES.get(a);
                    int toHz = Resampler.RATES.get(b);
                    Random random = new Random(seed);
                    short[] in = noise(random, 5000);
                    Resampler whole = Resampler.between(fromHz, toHz);
                    short[] expected = new short[whole.maxOutput(in.length) + whole.delaySamples()];
                    int length = whole.process(in, 0, in.length, expected, 0);
                    length += whole.flush(expected, length);

                    Resampler parts = Resampler.between(fromHz, toHz);
                    short[] actual = new short[expected.length];
                    int count = 0;
                    for (int at = 0; at < in.length; ) {
                        int block = Math.min(random.nextInt(most + 1), in.length - at);
                        int written = parts.process(in, at, block, actual, count);
                        assertThat(written).isLessThanOrEqualTo(parts.maxOutput(block));
                        at += block;
                        count += written;
                    }
                    count += parts.flush(actual, count);
                    assertThat(count).isEqualTo(length);
                    assertThat(actual).isEqualTo(expected);
                });
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void frameByFrameTheCountIsThatOfTheClock(int fromHz, int toHz) {
        Resampler resampler = Resampler.between(fromHz, toHz);
        int frame = fromHz / 50;
        long given = 0;
        long taken = 0;
        short[] out = new short[resampler.maxOutput(frame)];
        for (int i = 0; i < 100; i++) {
            given += resampler.process(new short[frame], 0, frame, out, 0);
            taken += frame;
            assertThat(given).isEqualTo(Math.ceilDiv(taken * toHz, fromHz));
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void theDelayIsTheOneStated(int fromHz, int toHz) {
        double hz = 311;
        Resampler resampler = Resampler.between(fromHz, toHz);
        short[] in = Spectrum.sine(hz, AMPLITUDE, fromHz, fromHz / 2);
        short[] out = new short[resampler.maxOutput(in.length)];
        int count = resampler.process(in, 0, in.length, out, 0);
        int period = (int) (count - 2 * resampler.delaySamples() - 2);
        double was = Spectrum.phase(in, 0, in.length, hz, fromHz);
        double is = Spectrum.phase(out, count - period, count, hz, toHz);
        double expected = was - 2 * Math.PI * hz * resampler.delaySamples() / toHz;
        assertThat(Math.IEEEremainder(is - expected, 2 * Math.PI)).isCloseTo(0, offset(0.01));
        assertThat(resampler.delay()).isLessThanOrEqualTo(Duration.ofNanos(36_000_000_000L / Math.min(fromHz, toHz)));
    }

    @ParameterizedTest
    @CsvSource({"8000, 16000", "22050, 8000", "48000, 11025", "16000, 16000"})
    void aClipKeepsItsPlaceAndItsLength(int fromHz, int toHz) {
        short[] clip = Spectrum.sine(500, 10_000, fromHz, fromHz);
        short[] converted = Resampler.convert(clip, fromHz, toHz);
        assertThat(converted).hasSize(toHz);
        short[] ideal = Spectrum.sine(500, 10_000, toHz, toHz);
        for (int i = 200; i < toHz - 200; i++) {
            assertThat((int) converted[i]).isCloseTo(ideal[i], offset(12));
        }
        assertThat(Resampler.convert(new short[0], fromHz, toHz)).isEmpty();
    }

    @Test
    void loudSoundsAreClippedAndNeverWrapAround() {
        short[] square = new short[4000];
        for (int i = 0; i < square.length; i++) {
            square[i] = i / 20 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        short[] out = Resampler.convert(square, 8000, 16_000);
        for (int i = 200; i < out.length - 200; i++) {
            // Away from the edges, where the band-limited square crosses zero.
            if (i % 40 > 2 && i % 40 < 37) {
                assertThat(out[i] > 0).as("sample %d", i).isEqualTo(i / 40 % 2 == 0);
            }
        }
        assertThat(Level.peak(out, 0, out.length)).isGreaterThan(32_766);
    }

    @Test
    void aResetForgetsThePast() {
        Resampler resampler = Resampler.between(22_050, 8000);
        short[] in = noise(new Random(1), 1000);
        short[] first = new short[resampler.maxOutput(1000)];
        int count = resampler.process(in, 0, 1000, first, 0);
        resampler.reset();
        short[] second = new short[first.length];
        assertThat(resampler.process(in, 0, 1000, second, 0)).isEqualTo(count);
        assertThat(second).isEqualTo(first);
        resampler.flush(new short[resampler.delaySamples()], 0);
        Arrays.fill(second, (short) 0);
        resampler.process(in, 0, 1000, second, 0);
        assertThat(second).isEqualTo(first);
    }

    @Test
    void aBlockAllocatesNothing() {
        Resampler resampler = Resampler.between(22_050, 8000);
        short[] in = noise(new Random(1), 441);
        short[] out = new short[resampler.maxOutput(441)];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        resampler.process(in, 0, 441, out, 0);
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            resampler.process(in, 0, 441, out, 0);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    @Test
    void anUnknownRateIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Resampler.between(8000, 9600))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("toHz is 9600, allowed are [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]");
    }

    @Test
    void anOutputThatCannotHoldTheBlockIsRefusedBeforeItIsTakenIn() {
        Resampler resampler = Resampler.between(8000, 16_000);
        short[] in = noise(new Random(1), 160);
        short[] fresh = new short[320];
        resampler.process(in, 0, 160, fresh, 0);
        resampler.reset();
        assertThatThrownBy(() -> resampler.process(in, 0, 160, new short[319], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        short[] out = new short[320];
        resampler.process(in, 0, 160, out, 0);
        assertThat(out).isEqualTo(fresh);
    }

    private static short[] noise(Random random, int count) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) random.nextInt();
        }
        return samples;
    }
}
