package dev.dialplane.agent.inference;

import dev.dialplane.contracts.inference.v1.EndOfTurnGrpc;
import dev.dialplane.contracts.inference.v1.LanguageModelGrpc;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.SpeechToTextGrpc;
import dev.dialplane.contracts.inference.v1.TextToSpeechGrpc;
import dev.dialplane.contracts.inference.v1.ToolsGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;

/** The stubs of one channel, each with the token that it shows. */
final class Stubs {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private static final ClientInterceptor DETACHED = new Detached();

    private final ManagedChannel channel;
    private final OpenStreams open = new OpenStreams();

    Stubs(ManagedChannel channel) {
        this.channel = channel;
    }

    OpenStreams open() {
        return open;
    }

    SpeechToTextGrpc.SpeechToTextStub speechToText(String token) {
        return with(token, SpeechToTextGrpc.newStub(channel));
    }

    LanguageModelGrpc.LanguageModelStub languageModel(String token) {
        return with(token, LanguageModelGrpc.newStub(channel));
    }

    TextToSpeechGrpc.TextToSpeechStub textToSpeech(String token) {
        return with(token, TextToSpeechGrpc.newStub(channel));
    }

    SpeechToSpeechGrpc.SpeechToSpeechStub speechToSpeech(String token) {
        return with(token, SpeechToSpeechGrpc.newStub(channel));
    }

    EndOfTurnGrpc.EndOfTurnStub endOfTurn(String token) {
        return with(token, EndOfTurnGrpc.newStub(channel));
    }

    ModelsGrpc.ModelsStub models(String token) {
        return with(token, ModelsGrpc.newStub(channel));
    }

    ToolsGrpc.ToolsStub tools(String token) {
        return with(token, ToolsGrpc.newStub(channel));
    }

    /** What comes now goes over a new connection, to another server perhaps; what is open stays where it is. */
    void moveOn() {
        channel.enterIdle();
    }

    /**
     * Waits for a connection rather than fail: whoever calls has a deadline of its own, and inference that was restarted
     * answers within it. gRPC's own pause between two tries grows to two minutes while nobody calls, so it is cut short.
     */
    private <S extends AbstractStub<S>> S with(String token, S stub) {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return stub.withWaitForReady().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers), DETACHED);
    }

    /**
     * RPCs begin while a gateway's message is handled, in the context of the gateway's own RPC, and would end with it. A call
     * outlives its gateway's stream.
     */
    private static final class Detached implements ClientInterceptor {
        @Override
        public <Q, P> ClientCall<Q, P> interceptCall(MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
            Context current = Context.ROOT.attach();
            try {
                return next.newCall(method, options);
            } finally {
                Context.ROOT.detach(current);
            }
        }
    }
}
