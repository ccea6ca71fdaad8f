package dev.dialplane.agent.inference;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.ModelsPrepareRequest;
import dev.dialplane.contracts.inference.v1.ModelsPrepareResponse;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import dev.dialplane.contracts.inference.v1.SessionStart;
import dev.dialplane.contracts.inference.v1.SynthesizeStart;
import dev.dialplane.contracts.inference.v1.TranscribeStart;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
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
        return new Transcription(stubs, token, start, listener);
    }

    /** Asks for a reply. */
    public Generation generate(String token, GenerateRequest request, Generation.Listener listener) {
        return new Generation(stubs, token, request, listener);
    }

    /** Opens a stream to the voice. */
    public Synthesis synthesize(String token, SynthesizeStart start, Synthesis.Listener listener) {
        return new Synthesis(stubs, token, start, listener);
    }

    /** Opens a stream to a model that hears, thinks and speaks. */
    public Session converse(String token, SessionStart start, Session.Listener listener) {
        return new Session(stubs, token, start, listener);
    }

    /** Makes everything ready for a spec. */
    public Asked<ModelsPrepareResponse> prepare(
            String token, String hash, AgentSpec spec, Consumer<ModelsPrepareResponse> done, Consumer<Status> failed) {
        ModelsPrepareRequest request = ModelsPrepareRequest.newBuilder()
                .setSpecHash(hash)
                .setSpec(spec)
                .build();
        return new Asked<>(done, failed, answer -> stubs.models(token).prepare(request, answer));
    }

    /** Asks whether the caller has finished. */
    public Asked<PredictResponse> predict(
            String token, PredictRequest request, Consumer<PredictResponse> done, Consumer<Status> failed) {
        return new Asked<>(done, failed, answer -> stubs.endOfTurn(token).predict(request, answer));
    }

    /** Runs a tool. */
    public Asked<InvokeResponse> invoke(
            String token, InvokeRequest request, Consumer<InvokeResponse> done, Consumer<Status> failed) {
        return new Asked<>(done, failed, answer -> stubs.tools(token).invoke(request, answer));
    }

    /** Closes the channel. */
    public void close() {
        channel.shutdownNow();
    }

    /** A request under way that has one answer. */
    public final class Asked<P> {
        private final Tracked<Object, P> answer;

        private Asked(Consumer<P> done, Consumer<Status> failed, Consumer<StreamObserver<P>> ask) {
            answer = new Tracked<>(stubs.open()) {
                private @Nullable P response;

                @Override
                void received(P message) {
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
            ask.accept(answer);
        }

        /** Stops waiting for it. */
        public void cancel() {
            answer.cancel();
        }
    }
}
