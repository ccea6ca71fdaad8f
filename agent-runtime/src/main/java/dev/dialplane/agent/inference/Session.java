package dev.dialplane.agent.inference;

import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** One stream to a model that hears, thinks and speaks. Used on the loop only. */
public final class Session {
    /** Hears the model, on the loop. */
    public interface Listener {
        /** What it says. */
        void received(SpeechToSpeechResponse message);

        /** The stream is gone. Open another. */
        void lost(Status status);
    }

    private final Tracked<SpeechToSpeechRequest, SpeechToSpeechResponse> responses;
    private final StreamObserver<SpeechToSpeechRequest> requests;

    Session(Stubs stubs, String token, SessionStart start, Listener listener) {
        responses = new Tracked<>(stubs.open()) {
            @Override
            void received(SpeechToSpeechResponse message) {
                if (message.hasGoAway()) {
                    stubs.moveOn();
                }
                listener.received(message);
            }

            @Override
            void failed(Status status) {
                listener.lost(status);
            }

            @Override
            void completed() {
                listener.lost(Status.UNAVAILABLE.withDescription("the server ended the session"));
            }
        };
        requests = stubs.speechToSpeech(token).converse(responses);
        send(SpeechToSpeechRequest.newBuilder().setStart(start).build());
    }

    /** Whether nothing more is heard, and nothing more can be said. */
    public boolean ended() {
        return responses.ended();
    }

    /** Tells the model something; nothing if the stream is gone. */
    public void send(SpeechToSpeechRequest message) {
        if (!responses.ended()) {
            requests.onNext(message);
        }
    }

    /** Ends the stream; nothing is heard of it any more. */
    public void close() {
        responses.cancel();
    }
}
