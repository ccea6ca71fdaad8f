package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.ToolsGrpc;
import dev.dialplane.inference.failure.ModelException;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** A pool's HTTP tools: in the contract, and refused by this process in words that say so. */
@GrpcService
public class ToolsService extends ToolsGrpc.ToolsImplBase {
    @Override
    public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> responses) {
        responses.onError(ModelException.unimplemented("Tools.Invoke is not served: this process runs no tools")
                .asStatus());
    }
}
