package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.SpeechToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechRequest;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechResponse;
import dev.dialplane.inference.failure.ModelException;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** Models that hear and speak by themselves: in the contract, and refused by this process in words that say so. */
@GrpcService
public class SpeechToSpeechService extends SpeechToSpeechGrpc.SpeechToSpeechImplBase {
    @Override
    public StreamObserver<SpeechToSpeechRequest> converse(StreamObserver<SpeechToSpeechResponse> responses) {
        responses.onError(ModelException.unimplemented(
                        "SpeechToSpeech.Converse is not served: no provider here has such a model; use mode Cascade")
                .asStatus());
        return new StreamObserver<>() {
            @Override
            public void onNext(SpeechToSpeechRequest request) {}

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {}
        };
    }
}
