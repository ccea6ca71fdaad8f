package dev.dialplane.audio.bench;

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
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What one 20 ms frame costs: G.711 at 8 kHz there and back, and each change of rate. Run its main method; a first argument
 * names a file for the results as JSON.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CodecBench {
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
        /** From which rate to which, in Hz. */
        @Param({
            "8000:16000",
            "16000:8000",
            "22050:8000",
            "22050:16000",
            "24000:8000",
            "48000:16000",
            "16000:48000",
            "24000:16000"
        })
        public String rates = "";

        Resampler resampler = Resampler.between(8000, 8000);
        short[] in = {};
        short[] out = {};

        /** Makes the resampler of the parameter. */
        @Setup
        public void prepare() {
            int colon = rates.indexOf(':');
            int fromHz = Integer.parseInt(rates, 0, colon, 10);
            resampler = Resampler.between(fromHz, Integer.parseInt(rates, colon + 1, rates.length(), 10));
            in = noise(fromHz / 50);
            out = new short[resampler.maxOutput(in.length)];
        }
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

    private static short[] noise(int count) {
        Random random = new Random(1);
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) (random.nextGaussian() * 3000);
        }
        return samples;
    }

    /** Runs both benchmarks. */
    public static void main(String[] args) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(CodecBench.class.getName())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(500))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(500));
        if (args.length > 0) {
            options.resultFormat(ResultFormatType.JSON).result(args[0]);
        }
        new Runner(options.build()).run();
    }
}
