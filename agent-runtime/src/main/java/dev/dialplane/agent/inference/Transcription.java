package dev.dialplane.agent.inference;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.CancelUtterance;
import dev.dialplane.contracts.inference.v1.FinalizeUtterance;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import dev.dialplane.contracts.inference.v1.UtteranceAudio;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** One stream to a recognizer. Used on the loop only. */
final class Transcription implements Recognition {
    private final Tracked<TranscribeRequest, TranscribeResponse> responses;
    private final StreamObserver<TranscribeRequest> requests;

    Transcription(Stubs stubs, String token, TranscribeStart start, Listener listener) {
        responses = new Tracked<>(stubs.open()) {
            @Override
            void received(TranscribeResponse message) {
                switch (message.getMessageCase()) {
                    case TRANSCRIPT -> listener.transcript(message.getTranscript());
                    case ERROR ->
                        listener.utteranceFailed(
                                message.getError().getUtteranceId(),
                                message.getError().getError().getMessage());
                    case GO_AWAY -> {
                        stubs.moveOn();
                        listener.goAway();
                    }
                    case READY, EAGER_END_OF_TURN, MESSAGE_NOT_SET -> {}
                }
            }

            @Override
            void failed(Status status) {
                listener.lost(status);
            }

            @Override
            void completed() {
                listener.lost(Status.UNAVAILABLE.withDescription("the server ended the stream"));
            }
        };
        requests = stubs.speechToText(token).transcribe(responses);
        requests.onNext(TranscribeRequest.newBuilder().setStart(start).build());
    }

    @Override
    public void audio(long utterance, long mediaTimeMs, ByteString payload) {
        send(TranscribeRequest.newBuilder()
                .setAudio(UtteranceAudio.newBuilder()
                        .setUtteranceId(utterance)
                        .setMediaTimeMs(mediaTimeMs)
                        .setPayload(payload))
                .build());
    }

    @Override
    public void finish(long utterance) {
        send(TranscribeRequest.newBuilder()
                .setFinalize(
                        FinalizeUtterance.newBuilder().setUtteranceId(utterance).setSpeculative(true))
                .build());
    }

    @Override
    public void forget(long utterance) {
        send(TranscribeRequest.newBuilder()
                .setCancel(CancelUtterance.newBuilder().setUtteranceId(utterance))
                .build());
    }

    @Override
    public void close() {
        responses.cancel();
    }

    private void send(TranscribeRequest request) {
        if (!responses.ended()) {
            requests.onNext(request);
        }
    }
}
