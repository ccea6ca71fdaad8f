package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.SynthesizeRequest;
import dev.dialplane.contracts.inference.v1.SynthesizeResponse;
import dev.dialplane.contracts.inference.v1.TextToSpeechGrpc;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** Speech synthesis. */
@GrpcService
public class TextToSpeechService extends TextToSpeechGrpc.TextToSpeechImplBase {
    private final ModelCatalog catalog;
    private final Streams streams;
    private final Timers timers;
    private final ModelMetrics metrics;

    public TextToSpeechService(ModelCatalog catalog, Streams streams, Timers timers, ModelMetrics metrics) {
        this.catalog = catalog;
        this.streams = streams;
        this.timers = timers;
        this.metrics = metrics;
    }

    @Override
    public StreamObserver<SynthesizeRequest> synthesize(StreamObserver<SynthesizeResponse> responses) {
        SynthesizeStream stream = new SynthesizeStream(
                catalog, metrics, timers, streams, Caller.current(), (ServerCallStreamObserver<SynthesizeResponse>)
                        responses);
        stream.open();
        return stream;
    }
}
