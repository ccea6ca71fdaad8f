package dev.dialplane.e2e.corpus;

import com.google.protobuf.ByteString;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.L16;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.Codec;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.FinalizeUtterance;
import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.UtteranceAudio;
import dev.dialplane.e2e.corpus.Corpus.Transcript;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Inference's local recognizer, asked as an agent asks it. */
final class Recognizer implements AutoCloseable {
    private static final long MINUTES = 2;
    /** Of the silence after it, a recognizer hears so much. */
    static final int HANGOVER_MS = 200;

    private static final int PIECE = 800;

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

    /** The transcript of so much of a recording, with a little of the line's silence around it. */
    Transcript transcribe(byte[] muLaw, int untilMs) throws InterruptedException {
        short[] samples = new short[Math.min(muLaw.length, 8 * untilMs)];
        G711.MU_LAW.decode(muLaw, 0, samples, 0, samples.length);
        return transcribe(samples, untilMs);
    }

    /** The same of samples at 8 kHz. */
    Transcript transcribe(short[] samples, int untilMs) throws InterruptedException {
        utterance++;
        short[] quiet = new short[8 * HANGOVER_MS];
        int media = 0;
        for (short[] part : List.of(quiet, samples, quiet)) {
            for (int at = 0; at < part.length; at += PIECE) {
                int count = Math.min(PIECE, part.length - at);
                byte[] piece = new byte[2 * count];
                L16.LITTLE_ENDIAN.encode(part, at, piece, 0, count);
                requests.onNext(TranscribeRequest.newBuilder()
                        .setAudio(UtteranceAudio.newBuilder()
                                .setUtteranceId(utterance)
                                .setMediaTimeMs(media)
                                .setPayload(ByteString.copyFrom(piece)))
                        .build());
                media += count / 8;
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
                return new Transcript(untilMs, took, response.getTranscript().getText());
            }
        }
    }

    @Override
    public void close() {
        requests.onCompleted();
    }
}
