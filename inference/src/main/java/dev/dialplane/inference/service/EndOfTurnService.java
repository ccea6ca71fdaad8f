package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.ending.EndOfTurnRequest;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** Whether a caller has finished. */
@GrpcService
public class EndOfTurnService extends EndOfTurnGrpc.EndOfTurnImplBase {
    private final ModelCatalog catalog;
    private final Streams streams;
    private final ModelMetrics metrics;

    public EndOfTurnService(ModelCatalog catalog, Streams streams, ModelMetrics metrics) {
        this.catalog = catalog;
        this.streams = streams;
        this.metrics = metrics;
    }

    @Override
    public void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
        PredictStream stream = new PredictStream(
                request, Caller.current(), streams, metrics, (ServerCallStreamObserver<PredictResponse>) responses);
        streams.execute(() -> stream.start(catalog));
    }

    /** What the model is to hear; bad input is refused with the field's name. */
    static EndOfTurnRequest read(PredictRequest request, String callId) {
        ModelRef model = request.getModel();
        if (model.hasFallback()) {
            throw ModelException.badRequest(
                    "model.fallback",
                    model.getFallback().getProvider() + "/"
                            + model.getFallback().getModel(),
                    "none: without a prediction, turns end by silence and words");
        }
        AudioFormat format = Formats.readable("format", request.getFormat());
        int rate = format.getSampleRateHz();
        int most = EndOfTurnRequest.MAX_SECONDS * rate;
        // Before anything is copied: a sample is at least a byte.
        if (request.getPayload().size() > 2 * most) {
            throw ModelException.badRequest(
                    "payload", request.getPayload().size() + " bytes", most + " samples at most");
        }
        short[] samples = Formats.decode(format.getCodec(), request.getPayload());
        if (samples.length == 0 || samples.length > most) {
            throw ModelException.badRequest(
                    "payload", samples.length + " samples", "1 to " + most + ", which is 8 s at " + rate + " Hz");
        }
        return new EndOfTurnRequest(callId, rate, samples);
    }
}
