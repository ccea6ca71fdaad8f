package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.LanguageModelGrpc;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.Preparation;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** Dialogue. */
@GrpcService
public class LanguageModelService extends LanguageModelGrpc.LanguageModelImplBase {
    private final ModelCatalog catalog;
    private final Preparation preparation;
    private final Streams streams;
    private final Timers timers;
    private final ModelMetrics metrics;
    private final FirstPieces firstPieces;

    public LanguageModelService(
            ModelCatalog catalog,
            Preparation preparation,
            Streams streams,
            Timers timers,
            ModelMetrics metrics,
            FirstPieces firstPieces) {
        this.catalog = catalog;
        this.preparation = preparation;
        this.streams = streams;
        this.timers = timers;
        this.metrics = metrics;
        this.firstPieces = firstPieces;
    }

    @Override
    public void generate(GenerateRequest request, StreamObserver<GenerateResponse> responses) {
        GenerateStream stream = new GenerateStream(
                request, Caller.current(), catalog, timers, streams, metrics, firstPieces, (ServerCallStreamObserver<
                                GenerateResponse>)
                        responses);
        streams.execute(() -> stream.start(preparation::find));
    }
}
