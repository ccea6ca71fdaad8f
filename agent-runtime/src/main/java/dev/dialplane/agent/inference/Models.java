package dev.dialplane.agent.inference;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The models, as an agent uses them: over one channel, whose callbacks run on the loop. Every RPC waits for a connection;
 * deadlines are the callers'.
 */
public final class Models {
    private final ManagedChannel channel;
    private final Stubs stubs;

    /** Uses a channel whose executor is the loop. */
    public Models(ManagedChannel channel) {
        this.channel = channel;
        stubs = new Stubs(channel);
    }

    /** How many RPCs are open. */
    public int openStreams() {
        return stubs.open().count();
    }

    /** Tries to connect now rather than after gRPC's pause. */
    public void reconnect() {
        channel.resetConnectBackoff();
    }

    /** Opens a stream to the recognizer. */
    public Recognition recognize(String token, TranscribeStart start, Recognition.Listener listener) {
        return new Recognition(stubs, token, start, listener);
    }

    /** Asks for a reply. */
    public Generation generate(String token, GenerateRequest request, Generation.Listener listener) {
        return new Generation(stubs, token, request, listener);
    }

    /** Opens a stream to the voice. */
    public Synthesis synthesize(String token, SynthesizeStart start, Synthesis.Listener listener) {
        return new Synthesis(stubs, token, start, listener);
    }

    /** Makes everything ready for a spec. */
    public Preparing prepare(
            String token, String hash, AgentSpec spec, Consumer<ModelsPrepareResponse> done, Consumer<Status> failed) {
        return new Preparing(stubs, token, hash, spec, done, failed);
    }

    /** Closes the channel. */
    public void close() {
        channel.shutdownNow();
    }

    /** A preparation under way. */
    public static final class Preparing {
        private final Tracked<ModelsPrepareRequest, ModelsPrepareResponse> responses;

        Preparing(
                Stubs stubs,
                String token,
                String hash,
                AgentSpec spec,
                Consumer<ModelsPrepareResponse> done,
                Consumer<Status> failed) {
            responses = new Tracked<>(stubs.open()) {
                private @Nullable ModelsPrepareResponse response;

                @Override
                void received(ModelsPrepareResponse message) {
                    response = message;
                }

                @Override
                void failed(Status status) {
                    failed.accept(status);
                }

                @Override
                void completed() {
                    if (response != null) {
                        done.accept(response);
                    } else {
                        failed.accept(Status.INTERNAL.withDescription("no response"));
                    }
                }
            };
            stubs.models(token)
                    .prepare(
                            ModelsPrepareRequest.newBuilder()
                                    .setSpecHash(hash)
                                    .setSpec(spec)
                                    .build(),
                            responses);
        }

        /** Stops waiting for it. */
        public void cancel() {
            responses.cancel();
        }
    }
}
