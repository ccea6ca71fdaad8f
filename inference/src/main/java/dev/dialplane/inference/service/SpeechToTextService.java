package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.TranscribeRequest;
import dev.dialplane.contracts.inference.v1.TranscribeResponse;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.model.ModelCatalog;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** Speech recognition. */
@GrpcService
public class SpeechToTextService extends SpeechToTextGrpc.SpeechToTextImplBase {
    private final ModelCatalog catalog;
    private final Streams streams;
    private final ModelMetrics metrics;

    public SpeechToTextService(ModelCatalog catalog, Streams streams, ModelMetrics metrics) {
        this.catalog = catalog;
        this.streams = streams;
        this.metrics = metrics;
    }

    @Override
    public StreamObserver<TranscribeRequest> transcribe(StreamObserver<TranscribeResponse> responses) {
        TranscribeStream stream = new TranscribeStream(
                catalog, metrics, streams, Caller.current(), (ServerCallStreamObserver<TranscribeResponse>) responses);
        stream.open();
        return stream;
    }
}
