package dev.dialplane.agent.inference;

import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.inference.v1.PieceDone;
import dev.dialplane.contracts.inference.v1.SynthesizeRequest;
import dev.dialplane.contracts.inference.v1.SynthesizeResponse;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.SynthesizeText;
import dev.dialplane.contracts.inference.v1.SynthesizedAudio;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** One reply being spoken, clause by clause. Used on the loop only. */
public final class Synthesis {
    /** Hears the voice, on the loop. */
    public interface Listener {
        /** First: the format of all audio. */
        void started(AudioFormat format);

        /** More audio. */
        void audio(SynthesizedAudio audio);

        /** A clause is whole. */
        void pieceDone(PieceDone piece);

        /** All clauses are. */
        void spoken();

        /** No more will come. */
        void failed(Status status);
    }

    private final Tracked<SynthesizeRequest, SynthesizeResponse> responses;
    private final StreamObserver<SynthesizeRequest> requests;
    private int sequence;
    private boolean finished;

    Synthesis(Stubs stubs, String token, SynthesizeStart start, Listener listener) {
        responses = new Tracked<>(stubs.open()) {
            @Override
            void received(SynthesizeResponse message) {
                switch (message.getMessageCase()) {
                    case STARTED -> listener.started(message.getStarted().getFormat());
                    case AUDIO -> listener.audio(message.getAudio());
                    case PIECE_DONE -> listener.pieceDone(message.getPieceDone());
                    case MESSAGE_NOT_SET -> {}
                }
            }

            @Override
            void failed(Status status) {
                listener.failed(status);
            }

            @Override
            void completed() {
                listener.spoken();
            }
        };
        requests = stubs.textToSpeech(token).synthesize(responses);
        requests.onNext(SynthesizeRequest.newBuilder().setStart(start).build());
    }

    /** A further clause. */
    public void text(String clause) {
        if (!responses.ended()) {
            requests.onNext(SynthesizeRequest.newBuilder()
                    .setText(SynthesizeText.newBuilder().setSequence(sequence++).setText(clause))
                    .build());
        }
    }

    /** That was the last clause. */
    public void finish() {
        if (!finished && !responses.ended()) {
            finished = true;
            requests.onCompleted();
        }
    }

    /** Stops it; nothing is heard of it any more. */
    public void cancel() {
        responses.cancel();
    }
}
