package dev.dialplane.e2e.corpus;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.G711;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.FinalizeUtterance;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.UtteranceAudio;
import dev.dialplane.e2e.corpus.Corpus.Gap;
import dev.dialplane.e2e.corpus.Corpus.Moment;
import dev.dialplane.e2e.corpus.Corpus.Prediction;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import dev.dialplane.e2e.corpus.Corpus.Turn;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Writes what inference's local models make of the corpora's recordings, and how long it takes, beside them: the
 * recognizer's transcripts of whole recordings, and of turns up to each of their pauses, as an agent asks for them; and at
 * the same places the end-of-turn model's predictions. What is there already is kept; the time that is written of the rest
 * is the shortest of {@value #TRIES}, since other work on the same cores makes it longer.
 */
public final class TranscribeMain {
    private static final long MINUTES = 2;
    /** Of the silence after it, a recognizer hears so much. */
    private static final int HANGOVER_MS = 200;

    private static final int PIECE = 800;
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
                        recognizer.transcript(moment.transcripts(), moment.audio(), moment.audio().length / 8)));
            }
            corpus.write("interruptions", moments);
            List<List<Transcript>> turns = new ArrayList<>();
            for (Turn turn : corpus.turns()) {
                List<Transcript> transcripts = new ArrayList<>();
                for (Gap pause : turn.pauses()) {
                    transcripts.add(recognizer.transcript(turn.transcripts(), turn.audio(), pause.startMs()));
                }
                transcripts.add(recognizer.transcript(turn.transcripts(), turn.audio(), turn.millis()));
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
        int before = 8 * HANGOVER_MS;
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

    private static final class Recognizer implements AutoCloseable {
        private final BlockingQueue<TranscribeResponse> responses = new LinkedBlockingQueue<>();
        private final StreamObserver<TranscribeRequest> requests;
        private long utterance;

        Recognizer(ManagedChannel channel) {
            requests = SpeechToTextGrpc.newStub(channel).transcribe(new StreamObserver<>() {
                @Override
                public void onNext(TranscribeResponse response) {
                    responses.add(response);
                }

                @Override
                public void onError(Throwable failure) {
                    throw new IllegalStateException(failure);
                }

                @Override
                public void onCompleted() {}
            });
            requests.onNext(TranscribeRequest.newBuilder()
                    .setStart(TranscribeStart.newBuilder()
                            .setModel(ModelRef.newBuilder().setProvider("local").setModel("moonshine-tiny"))
                            .setLanguage("en-IN")
                            .setFormat(AudioFormat.newBuilder()
                                    .setCodec(Codec.CODEC_L16)
                                    .setSampleRateHz(8000)))
                    .build());
        }

        /** The transcript that there is, or a new one. */
        Transcript transcript(List<Transcript> known, byte[] muLaw, int untilMs) throws InterruptedException {
            for (Transcript transcript : known) {
                if (transcript.untilMs() == untilMs) {
                    return transcript;
                }
            }
            Transcript fastest = transcribe(muLaw, untilMs);
            for (int i = 1; i < TRIES; i++) {
                Transcript again = transcribe(muLaw, untilMs);
                fastest = again.tookMs() < fastest.tookMs() ? again : fastest;
            }
            return fastest;
        }

        /** The transcript of so much of a recording, with a little of the line's silence around it. */
        Transcript transcribe(byte[] muLaw, int untilMs) throws InterruptedException {
            utterance++;
            byte[] quiet = new byte[8 * HANGOVER_MS];
            Arrays.fill(quiet, (byte) 0xFF);
            int media = 0;
            for (byte[] part : List.of(quiet, Arrays.copyOf(muLaw, Math.min(muLaw.length, 8 * untilMs)), quiet)) {
                for (int at = 0; at < part.length; at += PIECE) {
                    byte[] piece = Arrays.copyOfRange(part, at, Math.min(part.length, at + PIECE));
                    requests.onNext(TranscribeRequest.newBuilder()
                            .setAudio(UtteranceAudio.newBuilder()
                                    .setUtteranceId(utterance)
                                    .setMediaTimeMs(media)
                                    .setPayload(linear(piece)))
                            .build());
                    media += piece.length / 8;
                }
            }
            long asked = System.nanoTime();
            requests.onNext(TranscribeRequest.newBuilder()
                    .setFinalize(FinalizeUtterance.newBuilder().setUtteranceId(utterance))
                    .build());
            while (true) {
                TranscribeResponse response = responses.poll(MINUTES, TimeUnit.MINUTES);
                if (response == null || response.hasError()) {
                    throw new IllegalStateException("no transcript: " + response);
                }
                if (response.hasTranscript()
                        && response.getTranscript().getUtteranceId() == utterance
                        && response.getTranscript().getFinal()) {
                    int took = (int) ((System.nanoTime() - asked) / 1_000_000);
                    return new Transcript(
                            untilMs, took, response.getTranscript().getText());
                }
            }
        }

        private static ByteString linear(byte[] muLaw) {
            short[] samples = new short[muLaw.length];
            G711.MU_LAW.decode(muLaw, 0, samples, 0, muLaw.length);
            ByteBuffer bytes = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asShortBuffer().put(samples);
            return ByteString.copyFrom(bytes);
        }

        @Override
        public void close() {
            requests.onCompleted();
        }
    }
}
