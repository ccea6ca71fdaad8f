package dev.dialplane.e2e.agents;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.ReleaseRequest;
import dev.dialplane.contracts.agent.v1.ReleaseResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The Agent contract of many agents, told apart by the local address of the connection. */
public final class AgentService extends AgentGrpc.AgentImplBase {
    private static final Context.Key<SimulatedAgent> CALLED = Context.key("agent");

    /** Finds the agent that a connection is for. */
    public static final class ByLocalAddress implements ServerInterceptor {
        private final Function<String, @Nullable SimulatedAgent> byHost;

        /** @param byHost the agent at an address such as {@code 127.88.0.1}; null if there is none */
        public ByLocalAddress(Function<String, @Nullable SimulatedAgent> byHost) {
            this.byHost = byHost;
        }

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            SocketAddress local = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
            SimulatedAgent agent = local instanceof InetSocketAddress address
                    ? byHost.apply(address.getAddress().getHostAddress())
                    : null;
            if (agent == null) {
                call.close(Status.NOT_FOUND.withDescription("no agent at " + local), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLED, agent), call, headers, next);
        }
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> watcher) {
        CALLED.get().watch(watcher);
    }

    @Override
    public void prepare(PrepareRequest request, StreamObserver<PrepareResponse> answer) {
        answer.onNext(CALLED.get().prepare(request));
        answer.onCompleted();
    }

    @Override
    public void offer(OfferRequest request, StreamObserver<OfferResponse> answer) {
        CALLED.get().offer(request, answer);
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
        CALLED.get().release(request.getFence());
        answer.onNext(ReleaseResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> answer) {
        return CALLED.get().converse(answer);
    }

    @Override
    public void acknowledgeSummary(
            AcknowledgeSummaryRequest request, StreamObserver<AcknowledgeSummaryResponse> answer) {
        CALLED.get().summaryTaken(request.getFence());
        answer.onNext(AcknowledgeSummaryResponse.getDefaultInstance());
        answer.onCompleted();
    }

    @Override
    public void retire(RetireRequest request, StreamObserver<RetireResponse> answer) {
        answer.onNext(CALLED.get().retire());
        answer.onCompleted();
    }
}
