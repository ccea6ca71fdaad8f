package dev.dialplane.e2e.bench.codec;

import dev.dialplane.agent.vad.Silero;
import dev.dialplane.audio.Concealment;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.OpusPacketDecoder;
import dev.dialplane.audio.OpusPacketEncoder;
import dev.dialplane.audio.OpusPacketException;
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
 * What one 20 ms frame costs: G.711 at 8 kHz there and back, Opus at 16 kHz, concealing a lost frame, and each change of
 * rate that calls need; and what one window of 32 ms costs in voice activity detection. The names of methods and parameters
 * are those of the rows: a codec more is a method more here, and a line more where rows are named.
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

    /** Speech-like frames for Opus, a second of them, and their packets. */
    @State(Scope.Thread)
    public static class Opus {
        final short[] linear = speech(16_000);
        final OpusPacketEncoder encoder = new OpusPacketEncoder();
        final OpusPacketDecoder decoder = new OpusPacketDecoder();
        final byte[][] packets = new byte[50][];
        int next;

        /** Encodes the second. */
        @Setup
        public void prepare() {
            OpusPacketEncoder before = new OpusPacketEncoder();
            for (int i = 0; i < packets.length; i++) {
                packets[i] = before.encode(linear, i * OpusPacketEncoder.FRAME);
            }
        }

        int frame() {
            next = (next + 1) % packets.length;
            return next;
        }
    }

    /** A line that loses every other frame. */
    @State(Scope.Thread)
    public static class Losing {
        /** Samples a second. */
        @Param({"8000", "16000"})
        public int rate = 8_000;

        short[] linear = {};
        short[] made = {};
        Concealment concealment = new Concealment(8_000);

        /** Makes what is heard in between. */
        @Setup
        public void prepare() {
            linear = speech(rate);
            made = new short[rate / 50];
            concealment = new Concealment(rate);
        }
    }

    /** Encodes 320 samples. */
    @Benchmark
    public byte[] opusEncode(Opus stream) {
        return stream.encoder.encode(stream.linear, stream.frame() * OpusPacketEncoder.FRAME);
    }

    /** Decodes a packet of 320 samples. */
    @Benchmark
    public short[] opusDecode(Opus stream) throws OpusPacketException {
        return stream.decoder.decode(stream.packets[stream.frame()]);
    }

    /** Hears 20 ms and makes the next. */
    @Benchmark
    public short[] conceal(Losing line) {
        line.concealment.heard(line.linear, 0, line.made.length);
        line.concealment.conceal(line.made, 0, line.made.length);
        return line.made;
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

    /** A second of a voice's sort of spectrum, which comes and goes four times. */
    private static short[] speech(int rate) {
        short[] hiss = noise(rate);
        short[] samples = new short[rate];
        for (int i = 0; i < rate; i++) {
            double phase = 2 * Math.PI * 130 * i / rate;
            double voice = Math.sin(phase) + 0.6 * Math.sin(4 * phase) + 0.3 * Math.sin(12 * phase);
            double syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * i / rate));
            samples[i] = (short) (syllable * (4_000 * voice + 0.2 * hiss[i]));
        }
        return samples;
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
