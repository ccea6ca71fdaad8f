package dev.dialplane.e2e.corpus;

import dev.dialplane.agent.hearing.Ear;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import dev.dialplane.audio.Mix;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.ingress.LineDecoder;
import dev.dialplane.gateway.ingress.SampleDecoder;
import dev.dialplane.local.caller.report.WordErrors;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a bad line does to the corpora's turns: how many words the local recognizer gets wrong, and how often the agent's
 * detector says what it says of the good line. Frames are lost one by one and in pairs, or the caller is quieter or louder;
 * each with what is done about it, and without. {@code docs/line.md} has the figures.
 */
public final class LineMain {
    private static final int FRAME = 160;
    private static final byte SILENCE = (byte) 0xFF;
    /** As loud as a gain control would make a caller: the level of speech at which ITU-T's codecs are tested. */
    private static final double WANTED_DBOV = -26;

    private LineMain() {}

    /** What a line makes of a turn, and which of its frames of 20 ms are known to be made in place of lost ones. */
    private record Carried(short[] samples, BitSet concealed) {
        static Carried whole(short[] samples) {
            return new Carried(samples, new BitSet());
        }
    }

    private record Line(String name, Function<short[], Carried> effect) {}

    private static final List<Line> LINES = List.of(
            new Line("as it is", Carried::whole),
            new Line("5 % lost, silence", samples -> Carried.whole(lossy(samples, 0.05, new Holes()).samples)),
            new Line("5 % lost, concealed", samples -> lossy(samples, 0.05, new SampleDecoder(8_000, G711.MU_LAW))),
            new Line("36 dB quieter", samples -> Carried.whole(level(samples, -36))),
            new Line("36 dB quieter, gain", samples -> Carried.whole(leveled(level(samples, -36)))),
            new Line("10 % lost, silence", samples -> Carried.whole(lossy(samples, 0.10, new Holes()).samples)),
            new Line("10 % lost, concealed", samples -> lossy(samples, 0.10, new SampleDecoder(8_000, G711.MU_LAW))),
            new Line("24 dB quieter", samples -> Carried.whole(level(samples, -24))),
            new Line("12 dB louder", samples -> Carried.whole(level(samples, 12))),
            new Line("12 dB louder, gain", samples -> Carried.whole(leveled(level(samples, 12)))));

    /**
     * @param arguments the corpora's directory; where inference is, host:port, which must not ask for tokens; and, if not all
     *     turns are to be heard, of how many one is
     */
    public static void main(String[] arguments) throws Exception {
        Corpus corpus = new Corpus(Path.of(arguments[0]));
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(arguments[1]).usePlaintext().build();
        int oneOf = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1;
        List<Turn> all = corpus.turns();
        List<Turn> turns = IntStream.range(0, all.size())
                .filter(i -> i % oneOf == 0)
                .mapToObj(all::get)
                .toList();
        try (Recognizer recognizer = new Recognizer(channel)) {
            System.out.println("| line | words wrong | detector agrees |");
            System.out.println("|---|---|---|");
            for (Line line : LINES) {
                WordErrors errors = WordErrors.NONE;
                long agree = 0;
                long frames = 0;
                for (Turn turn : turns) {
                    short[] good = new short[turn.audio().length];
                    G711.MU_LAW.decode(turn.audio(), 0, good, 0, good.length);
                    Carried heard = line.effect.apply(good.clone());
                    String said = turn.source()
                            .substring(turn.source().indexOf(':') + 1)
                            .replace("|", " ");
                    errors = errors.plus(WordErrors.between(
                            said,
                            recognizer.transcribe(heard.samples, turn.millis()).text()));
                    BitSet differs = speech(Carried.whole(good));
                    differs.xor(speech(heard));
                    frames += good.length / 80;
                    agree += good.length / 80 - differs.cardinality();
                }
                System.out.println(String.format(
                        Locale.ROOT,
                        "| %s | %.1f %% (%d of %d) | %.1f %% |",
                        line.name,
                        100.0 * errors.errors() / errors.words(),
                        errors.errors(),
                        errors.words(),
                        100.0 * agree / frames));
            }
        } finally {
            channel.shutdownNow();
        }
    }

    /** What lost frames were replaced by before there was anything better. */
    private static final class Holes implements LineDecoder {
        @Override
        public byte[] decode(byte[] payload) {
            return payload;
        }

        @Override
        public byte[] conceal(byte @Nullable [] next) {
            byte[] silence = new byte[FRAME];
            Arrays.fill(silence, SILENCE);
            return silence;
        }
    }

    private static Carried lossy(short[] samples, double share, LineDecoder decoder) {
        SplittableRandom random = new SplittableRandom(20261129);
        short[] out = samples.clone();
        BitSet made = new BitSet();
        Ingress ingress = new Ingress(8_000, 1, decoder, (time, payload, concealed) -> {
            int at = (int) time * 8;
            int count = Math.min(FRAME, out.length - at);
            G711.MU_LAW.decode(payload, 0, out, at, count);
            made.set(at / FRAME, concealed);
        });
        long now = 0;
        for (int n = 0; (n + 1) * FRAME <= samples.length; n++) {
            now += 20_000_000;
            byte[] frame = new byte[FRAME];
            G711.MU_LAW.encode(samples, n * FRAME, frame, 0, FRAME);
            boolean lastOne = (n + 2) * FRAME > samples.length;
            if (lastOne || random.nextDouble() >= share) {
                ingress.media(now, n + 1, n * 20L, frame);
            }
            ingress.tick(now);
        }
        ingress.tick(now + 80_000_000);
        return new Carried(out, made);
    }

    /** As a telephone line carries it, in µ-law. */
    private static short[] level(short[] samples, double decibels) {
        float gain = Level.gain(decibels);
        byte[] coded = new byte[samples.length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Mix.clip(Math.round(gain * samples[i]));
        }
        G711.MU_LAW.encode(samples, 0, coded, 0, samples.length);
        G711.MU_LAW.decode(coded, 0, samples, 0, samples.length);
        return samples;
    }

    /** As the best of gain controls would give it on: from the first sample on at the gain that the whole turn needs. */
    private static short[] leveled(short[] samples) {
        float gain = Level.gain(WANTED_DBOV - Level.dBov(samples));
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Mix.clip(Math.round(gain * samples[i]));
        }
        return samples;
    }

    /** In which 10 ms the detector takes somebody to speak, looking back. */
    private static BitSet speech(Carried carried) {
        short[] samples = carried.samples;
        BitSet speech = new BitSet();
        long[] began = {-1};
        Ear ear = new Ear(new Ear.Listener() {
            @Override
            public void speechBegan(long onset) {
                began[0] = onset;
            }

            @Override
            public void speechEnded(long end) {
                speech.set((int) began[0] / 80, (int) end / 80);
                began[0] = -1;
            }
        });
        for (int at = 0; at < samples.length; at += FRAME) {
            ear.hear(samples, at, Math.min(FRAME, samples.length - at), carried.concealed.get(at / FRAME));
        }
        short[] quiet = new short[8_000];
        ear.hear(quiet, 0, quiet.length, false);
        if (began[0] >= 0) {
            speech.set((int) began[0] / 80, samples.length / 80);
        }
        speech.clear(samples.length / 80, Math.max(speech.length(), samples.length / 80));
        return speech;
    }
}
