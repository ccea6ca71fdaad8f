package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import dev.dialplane.inference.failure.ModelException;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** End-of-turn models: in the contract, and refused by this process in words that say so. */
@GrpcService
public class EndOfTurnService extends EndOfTurnGrpc.EndOfTurnImplBase {
    @Override
    public void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
        responses.onError(ModelException.unimplemented(
                        "EndOfTurn.Predict is not served: agents decide a turn's end by silence and by the transcript")
                .asStatus());
    }
}
