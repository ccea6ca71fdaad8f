package dev.dialplane.e2e.corpus;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.e2e.corpus.Corpus.Gap;
import dev.dialplane.e2e.corpus.Corpus.Moment;
import dev.dialplane.e2e.corpus.Corpus.Prediction;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes what inference's local models make of the corpora's recordings, and how long it takes, beside them: the
 * recognizer's transcripts of whole recordings, and of turns up to each of their pauses, as an agent asks for them; and at
 * the same places the end-of-turn model's predictions. What is there already is kept; the time that is written of the rest
 * is the shortest of {@value #TRIES}, since other work on the same cores makes it longer.
 */
public final class TranscribeMain {
    private static final int TRIES = 3;
    /** When the agent asks for a prediction, it has heard so much silence: two windows of its detector, and a little. */
    private static final int KNOWN_AFTER_MS = 80;

    private TranscribeMain() {}

    /** @param arguments the corpora's directory, and where inference is, host:port; it must not ask for tokens */
    public static void main(String[] arguments) throws Exception {
        Corpus corpus = new Corpus(Path.of(arguments[0]));
        ManagedChannel channel =
                NettyChannelBuilder.forTarget(arguments[1]).usePlaintext().build();
        try (Recognizer recognizer = new Recognizer(channel)) {
            List<List<Transcript>> moments = new ArrayList<>();
            for (Moment moment : corpus.moments()) {
                moments.add(List.of(
                        transcript(recognizer, moment.transcripts(), moment.audio(), moment.audio().length / 8)));
            }
            corpus.write("interruptions", moments);
            List<List<Transcript>> turns = new ArrayList<>();
            for (Turn turn : corpus.turns()) {
                List<Transcript> transcripts = new ArrayList<>();
                for (Gap pause : turn.pauses()) {
                    transcripts.add(transcript(recognizer, turn.transcripts(), turn.audio(), pause.startMs()));
                }
                transcripts.add(transcript(recognizer, turn.transcripts(), turn.audio(), turn.millis()));
                turns.add(transcripts);
            }
            corpus.write("turns", turns);
            corpus.writePredictions(predictions(corpus.turns(), channel));
        } finally {
            channel.shutdownNow();
        }
    }

    private static List<List<Prediction>> predictions(List<Turn> turns, ManagedChannel channel) {
        EndOfTurnGrpc.EndOfTurnBlockingStub model = EndOfTurnGrpc.newBlockingStub(channel);
        List<List<Prediction>> all = new ArrayList<>();
        for (Turn turn : turns) {
            List<Prediction> predictions = new ArrayList<>();
            for (Transcript place : turn.transcripts()) {
                predictions.add(turn.predictions().stream()
                        .filter(known -> known.untilMs() == place.untilMs())
                        .findFirst()
                        .orElseGet(() -> predict(model, turn, place.untilMs())));
            }
            all.add(predictions);
        }
        return all;
    }

    private static Prediction predict(EndOfTurnGrpc.EndOfTurnBlockingStub model, Turn turn, int untilMs) {
        int before = 8 * Recognizer.HANGOVER_MS;
        byte[] heard = new byte[before + 8 * (untilMs + KNOWN_AFTER_MS)];
        Arrays.fill(heard, (byte) 0xFF);
        System.arraycopy(turn.audio(), 0, heard, before, Math.min(turn.audio().length, heard.length - before));
        int most = 8 * 8000;
        PredictRequest request = PredictRequest.newBuilder()
                .setModel(ModelRef.newBuilder().setProvider("local").setModel("smart-turn-v3"))
                .setLanguage("en-IN")
                .setFormat(AudioFormat.newBuilder().setCodec(Codec.CODEC_PCMU).setSampleRateHz(8000))
                .setPayload(ByteString.copyFrom(heard, Math.max(0, heard.length - most), Math.min(heard.length, most)))
                .build();
        int took = Integer.MAX_VALUE;
        float finished = 0;
        for (int i = 0; i < TRIES; i++) {
            long asked = System.nanoTime();
            finished = model.predict(request).getFinished();
            took = Math.min(took, (int) ((System.nanoTime() - asked) / 1_000_000));
        }
        return new Prediction(untilMs, took, finished);
    }

    /** The transcript that there is, or a new one. */
    private static Transcript transcript(Recognizer recognizer, List<Transcript> known, byte[] muLaw, int untilMs)
            throws InterruptedException {
        for (Transcript transcript : known) {
            if (transcript.untilMs() == untilMs) {
                return transcript;
            }
        }
        Transcript fastest = recognizer.transcribe(muLaw, untilMs);
        for (int i = 1; i < TRIES; i++) {
            Transcript again = recognizer.transcribe(muLaw, untilMs);
            fastest = again.tookMs() < fastest.tookMs() ? again : fastest;
        }
        return fastest;
    }
}
