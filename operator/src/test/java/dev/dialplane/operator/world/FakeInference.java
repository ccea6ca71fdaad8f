package dev.dialplane.operator.world;

import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.DescribeResponse;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.contracts.inference.v1.ModelRole;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Says which models there are. */
public final class FakeInference extends ModelsGrpc.ModelsImplBase implements AutoCloseable {

    private final Server server;

    /** Starts it on a free port. */
    public FakeInference() throws IOException {
        server = NettyServerBuilder.forAddress(
                        new InetSocketAddress("127.0.0.1", 0), InsecureServerCredentials.create())
                .addService(this)
                .build()
                .start();
    }

    /** Where it is. */
    public String address() {
        return "127.0.0.1:" + server.getPort();
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<DescribeResponse> response) {
        response.onNext(DescribeResponse.newBuilder()
                .addModels(model("moonshine-tiny", ModelRole.MODEL_ROLE_SPEECH_TO_TEXT))
                .addModels(model("answers", ModelRole.MODEL_ROLE_LANGUAGE_MODEL))
                .addModels(model("piper-joe", ModelRole.MODEL_ROLE_TEXT_TO_SPEECH))
                .build());
        response.onCompleted();
    }

    private static ModelDescription model(String name, ModelRole role) {
        return ModelDescription.newBuilder()
                .setProvider("local")
                .setModel(name)
                .setRole(role)
                .setAvailable(true)
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
