package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.inference.v1.GoAway;
import dev.dialplane.contracts.inference.v1.TranscribeReady;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.contracts.inference.v1.UtteranceAudio;
import dev.dialplane.contracts.inference.v1.UtteranceError;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.ModelPart;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One {@code Transcribe} RPC. */
final class TranscribeStream extends InboundStream<TranscribeRequest, TranscribeResponse> implements HearingListener {
    private static final int MAX_PIECE_SECONDS = 10;

    private final ModelCatalog catalog;
    private final ModelMetrics metrics;
    private TranscribeStart start = TranscribeStart.getDefaultInstance();
    private @Nullable Hearing hearing;
    private long newestUtterance;

    TranscribeStream(
            ModelCatalog catalog,
            ModelMetrics metrics,
            Streams streams,
            Caller caller,
            ServerCallStreamObserver<TranscribeResponse> responses) {
        super(responses, streams, caller);
        this.catalog = catalog;
        this.metrics = metrics;
    }

    @Override
    void handle(TranscribeRequest message) {
        if (message.getMessageCase() == TranscribeRequest.MessageCase.START) {
            start(message.getStart());
            return;
        }
        Hearing open = hearing;
        if (open == null) {
            throw ModelException.badRequest("message", message.getMessageCase(), "START first");
        }
        switch (message.getMessageCase()) {
            case AUDIO -> audio(open, message.getAudio());
            case FINALIZE ->
                open.finish(
                        message.getFinalize().getUtteranceId(),
                        message.getFinalize().getSpeculative());
            case CANCEL -> open.cancel(message.getCancel().getUtteranceId());
            // A newer client's message; ignoring it keeps the call up.
            default -> {}
        }
    }

    private void start(TranscribeStart first) {
        if (hearing != null) {
            throw ModelException.badRequest("message", "START", "START only once, as the first message");
        }
        AudioFormat format = Formats.readable("format", first.getFormat());
        start = first;
        hearing = catalog.recognizer(first.getModel())
                .open(
                        new HearingRequest(
                                callerId(),
                                first.getFinishedUtterances(),
                                first.getLanguage(),
                                format.getSampleRateHz(),
                                first.getHintsList(),
                                first.getPartials(),
                                Duration.ofMillis(first.getPartialIntervalMs())),
                        this);
        outlet.send(TranscribeResponse.newBuilder()
                .setReady(TranscribeReady.getDefaultInstance())
                .build());
    }

    private void audio(Hearing open, UtteranceAudio audio) {
        if (audio.getUtteranceId() < newestUtterance) {
            throw ModelException.badRequest(
                    "audio.utterance_id", audio.getUtteranceId(), newestUtterance + " or more, as ids rise");
        }
        newestUtterance = audio.getUtteranceId();
        short[] samples = Formats.decode(start.getFormat().getCodec(), audio.getPayload());
        int most = MAX_PIECE_SECONDS * start.getFormat().getSampleRateHz();
        if (samples.length > most) {
            throw ModelException.badRequest("audio.payload", samples.length + " samples", most + " at most");
        }
        open.audio(audio.getUtteranceId(), audio.getMediaTimeMs(), samples);
    }

    @Override
    public boolean goAway(Duration left) {
        outlet.send(TranscribeResponse.newBuilder()
                .setGoAway(GoAway.newBuilder().setTimeLeftMs((int) left.toMillis()))
                .build());
        return true;
    }

    @Override
    void halfClosed() {
        complete();
    }

    @Override
    void release() {
        Hearing open = hearing;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void heard(Transcript transcript) {
        if (transcript.getFinal()) {
            metrics.served(
                    ModelPart.SPEECH_TO_TEXT,
                    start.getModel().getProvider(),
                    start.getModel().getModel(),
                    transcript.getQueueMs(),
                    transcript.getComputeMs());
        }
        outlet.send(TranscribeResponse.newBuilder().setTranscript(transcript).build());
    }

    @Override
    public void failed(long utterance, ModelException failure) {
        metrics.failed(
                ModelPart.SPEECH_TO_TEXT,
                start.getModel().getProvider(),
                start.getModel().getModel(),
                failure);
        outlet.send(TranscribeResponse.newBuilder()
                .setError(UtteranceError.newBuilder().setUtteranceId(utterance).setError(failure.error()))
                .build());
    }
}
