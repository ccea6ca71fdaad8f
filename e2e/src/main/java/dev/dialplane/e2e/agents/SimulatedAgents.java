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
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * Many agents behind one server. All of 127.0.0.0/8 is loopback on Linux: each agent has an address of its own, and the
 * server tells them apart by the local address of the connection. They take calls as real agents do, but hear and say
 * nothing.
 */
public final class SimulatedAgents implements AutoCloseable {
    private static final Context.Key<SimulatedAgent> CALLED = Context.key("agent");

    private final Map<String, SimulatedAgent> byHost = new ConcurrentHashMap<>();
    private final Map<String, SimulatedAgent> holderOfCall = new ConcurrentHashMap<>();
    private final LongAdder doubleBindings = new LongAdder();
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final BiConsumer<SimulatedAgent, OfferRequest> onAccepted;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Server server;

    /**
     * Starts the agents.
     *
     * @param count at most 65,000
     * @param onAccepted called in the server's thread the moment an offer is accepted
     */
    public SimulatedAgents(int count, BiConsumer<SimulatedAgent, OfferRequest> onAccepted) throws IOException {
        this.onAccepted = onAccepted;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", 0))
                .directExecutor()
                .intercept(new ByLocalAddress())
                .addService(new Service())
                .build()
                .start();
        for (int i = 0; i < count; i++) {
            String host = "127.88.%d.%d".formatted(i / 250, i % 250 + 1);
            SimulatedAgent agent = new SimulatedAgent(
                    "sim-%05d".formatted(i), "uid-%05d".formatted(i), host + ":" + server.getPort(), this);
            byHost.put(host, agent);
            agents.add(agent);
        }
    }

    /** All of them, in the order of their numbers. */
    public List<SimulatedAgent> all() {
        return List.copyOf(agents);
    }

    /** How often an agent was found with two calls, or a call with two agents. */
    public long doubleBindings() {
        return doubleBindings.sum();
    }

    /** Calls held at this moment. */
    public int held() {
        return holderOfCall.size();
    }

    /**
     * Waits until so many agents are prepared and free.
     *
     * @throws IOException if that takes longer than {@code patience}
     */
    public void awaitIdle(int count, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (agents.stream().filter(SimulatedAgent::isIdle).count() < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("of %d agents %d are idle after %d s"
                        .formatted(
                                count,
                                agents.stream().filter(SimulatedAgent::isIdle).count(),
                                patience.toSeconds()));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    void accepted(SimulatedAgent agent, OfferRequest offer) {
        onAccepted.accept(agent, offer);
    }

    /** Runs {@code expiry} after so many milliseconds. */
    ScheduledFuture<?> later(Runnable expiry, long milliseconds) {
        return clock.schedule(expiry, milliseconds, TimeUnit.MILLISECONDS);
    }

    /** An offer that nobody took up may lie with another agent until it expires; a conversation may not. */
    void conversing(SimulatedAgent agent, String callId, boolean alone) {
        SimulatedAgent other = holderOfCall.put(callId, agent);
        if (!alone || (other != null && other != agent)) {
            doubleBindings.increment();
        }
    }

    void released(SimulatedAgent agent, String callId) {
        holderOfCall.remove(callId, agent);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class ByLocalAddress implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            SocketAddress local = call.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
            SimulatedAgent agent = local instanceof InetSocketAddress address
                    ? byHost.get(address.getAddress().getHostAddress())
                    : null;
            if (agent == null) {
                call.close(Status.NOT_FOUND.withDescription("no agent at " + local), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLED, agent), call, headers, next);
        }
    }

    private static final class Service extends AgentGrpc.AgentImplBase {
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
            answer.onNext(CALLED.get().offer(request));
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
}
