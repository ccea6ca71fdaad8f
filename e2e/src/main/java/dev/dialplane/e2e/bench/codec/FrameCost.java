package dev.dialplane.e2e.bench.codec;

import dev.dialplane.agent.vad.Silero;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Resampler;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one 20 ms frame costs: G.711 at 8 kHz there and back, and each change of rate that calls need; and what one window of
 * 32 ms costs in voice activity detection. The names of methods and parameters are those of the rows: a codec more is a
 * method more here, and a line more where rows are named.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FrameCost {
    /** A frame of G.711. */
    @State(Scope.Thread)
    public static class Companding {
        /** Which law. */
        @Param({"MU_LAW", "A_LAW"})
        public G711 law = G711.MU_LAW;

        final short[] linear = noise(160);
        final byte[] coded = new byte[160];
        final short[] decoded = new short[160];
    }

    /** A frame to be resampled. */
    @State(Scope.Thread)
    public static class Resampling {
        /** From which rate to which, in kHz. */
        @Param({"8 to 16", "16 to 8", "22.05 to 8", "22.05 to 16", "24 to 8", "24 to 16", "48 to 16", "16 to 48"})
        public String rates = "";

        Resampler resampler = Resampler.between(8000, 8000);
        short[] in = {};
        short[] out = {};

        /** Makes the resampler of the parameter. */
        @Setup
        public void prepare() {
            String[] ends = rates.split(" to ", -1);
            int fromHz = hertz(ends[0]);
            resampler = Resampler.between(fromHz, hertz(ends[1]));
            in = noise(fromHz / 50);
            out = new short[resampler.maxOutput(in.length)];
        }

        private static int hertz(String kilohertz) {
            return (int) Math.round(Double.parseDouble(kilohertz) * 1000);
        }
    }

    /** A stream to be listened to. */
    @State(Scope.Thread)
    public static class Listening {
        final Silero silero = new Silero();
        final short[] window = noise(Silero.WINDOW);
    }

    /** Encodes and decodes 160 samples. */
    @Benchmark
    public short[] g711(Companding frame) {
        frame.law.encode(frame.linear, 0, frame.coded, 0, 160);
        frame.law.decode(frame.coded, 0, frame.decoded, 0, 160);
        return frame.decoded;
    }

    /** Resamples 20 ms. */
    @Benchmark
    public int resample(Resampling frame) {
        return frame.resampler.process(frame.in, 0, frame.in.length, frame.out, 0);
    }

    /** Judges one window of 32 ms. */
    @Benchmark
    public float vad(Listening stream) {
        return stream.silero.probability(stream.window, 0);
    }

    private static short[] noise(int count) {
        Random random = new Random(1);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (random.nextGaussian() * 3000);
        }
        return samples;
    }
}
