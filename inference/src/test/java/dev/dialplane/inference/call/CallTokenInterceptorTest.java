package dev.dialplane.inference.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.common.v1.TokenClaims;
import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.DescribeResponse;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.tls.PeerName;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is let in by a process that has a key. */
class CallTokenInterceptorTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);

    private final CallTokens tokens = new CallTokens(new byte[32], InstantSource.fixed(NOW));
    private @Nullable String peer;
    private Server server;
    private ManagedChannel channel;
    private ModelsGrpc.ModelsBlockingStub models;

    @BeforeEach
    void start() throws IOException {
        server = InProcessServerBuilder.forName("tokens")
                .directExecutor()
                .intercept(new CallTokenInterceptor(tokens, _ -> peer))
                .addService(new ModelsGrpc.ModelsImplBase() {
                    @Override
                    public void prepare(ModelsPrepareRequest asked, StreamObserver<ModelsPrepareResponse> answer) {
                        answer.onNext(ModelsPrepareResponse.getDefaultInstance());
                        answer.onCompleted();
                    }

                    @Override
                    public void describe(DescribeRequest asked, StreamObserver<DescribeResponse> answer) {
                        answer.onNext(DescribeResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
        channel = InProcessChannelBuilder.forName("tokens").directExecutor().build();
        models = ModelsGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void withoutATokenNothingIsDoneForACall() {
        assertThatThrownBy(() -> models.prepare(ModelsPrepareRequest.getDefaultInstance()))
                .hasMessageContaining("UNAUTHENTICATED")
                .hasMessageContaining("there is none");
    }

    @Test
    void withATokenACallIsServed() {
        assertThat(withToken().prepare(ModelsPrepareRequest.getDefaultInstance()))
                .isEqualTo(ModelsPrepareResponse.getDefaultInstance());
    }

    @Test
    void withCertificatesATokenIsGoodInTheHandsOfItsPoolsAgentsOnly() {
        peer = PeerName.agentsOf("default", "sales");
        assertThat(withToken().prepare(ModelsPrepareRequest.getDefaultInstance()))
                .isEqualTo(ModelsPrepareResponse.getDefaultInstance());

        for (String other : List.of(
                PeerName.agentsOf("default", "support"),
                PeerName.agentsOf("other", "sales"),
                PeerName.OPERATOR,
                PeerName.GATEWAY,
                "")) {
            peer = other;
            assertThatThrownBy(() -> withToken().prepare(ModelsPrepareRequest.getDefaultInstance()))
                    .as(other)
                    .hasMessageContaining("UNAUTHENTICATED")
                    .hasMessageContaining("it is not of " + other);
        }
    }

    @Test
    void withCertificatesTheOperatorAloneIsToldWithoutATokenWhatModelsThereAre() {
        peer = PeerName.OPERATOR;
        assertThat(models.describe(DescribeRequest.getDefaultInstance()))
                .isEqualTo(DescribeResponse.getDefaultInstance());

        peer = PeerName.agentsOf("default", "sales");
        assertThatThrownBy(() -> models.describe(DescribeRequest.getDefaultInstance()))
                .hasMessageContaining("UNAUTHENTICATED");
    }

    private ModelsGrpc.ModelsBlockingStub withToken() {
        String token = tokens.mint(TokenClaims.newBuilder()
                .setFence(Fence.newBuilder().setCallId("call"))
                .setPool(PoolRef.newBuilder().setNamespace("default").setName("sales"))
                .setExpiresUnixMs(NOW.toEpochMilli() + 1)
                .build());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return models.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** The operator asks it, to judge pools. */
    @Test
    void whatModelsThereAreIsToldWithoutAToken() {
        assertThat(models.describe(DescribeRequest.getDefaultInstance()))
                .isEqualTo(DescribeResponse.getDefaultInstance());
    }
}
