package dev.dialplane.agent.inference;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.Transcript;
import io.grpc.Status;

/** One stream to a model that hears. Used on the loop only. */
public interface Recognition {
    /** Hears what the model heard, on the loop. */
    interface Listener {
        /** A transcript, partial or final. */
        void transcript(Transcript transcript);

        /** The recognizer failed on one utterance; others may still be heard. */
        void utteranceFailed(long utterance, String message);

        /** The stream is gone. Open another. */
        void lost(Status status);

        /** The server is about to end. Open another stream; it goes to another server. */
        void goAway();
    }

    /** More audio of an utterance; {@code mediaTimeMs} is that of its first sample. */
    void audio(long utterance, long mediaTimeMs, ByteString payload);

    /** Asks for the transcript of all that was sent; more may follow. */
    void finish(long utterance);

    /** Forgets an utterance: it was nothing. */
    void forget(long utterance);

    /** Ends the stream; nothing is heard of it any more. */
    void close();
}
