package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.SpeechToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.Preparation;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.time.Duration;

/** Models that hear, think and speak behind one stream. */
@GrpcService
public class SpeechToSpeechService extends SpeechToSpeechGrpc.SpeechToSpeechImplBase {
    private final SessionModels models;
    private final Streams streams;
    private final Duration longest;

    public SpeechToSpeechService(
            ModelCatalog catalog,
            Preparation preparation,
            Streams streams,
            Timers timers,
            ModelMetrics metrics,
            FirstPieces firstPieces,
            InferenceConfig config) {
        models = new SessionModels(catalog, preparation, timers, streams, metrics, firstPieces);
        this.streams = streams;
        longest = config.speechToSpeech().maxSession();
        if (longest.toMillis() < 1000 || longest.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException(
                    "dialplane.inference.speech-to-speech.max-session is " + longest + ", allowed are 1s to 24h");
        }
    }

    @Override
    public StreamObserver<SpeechToSpeechRequest> converse(StreamObserver<SpeechToSpeechResponse> responses) {
        ConverseStream stream = new ConverseStream(
                models, longest, streams, Caller.current(), (ServerCallStreamObserver<SpeechToSpeechResponse>)
                        responses);
        stream.open();
        return stream;
    }
}
