package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.ReleaseRequest;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.gateway.loop.Loop;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An agent over gRPC, on a channel of its own. */
public final class GrpcAgentConnection implements AgentConnection {
    private static final Duration RELEASING = Duration.ofSeconds(2);

    private final ManagedChannel channel;
    private final AgentStub stub;
    private final Loop loop;
    private Context.CancellableContext watching = Context.ROOT.withCancellation();

    /** Over that channel, which is closed with it; answers come on that loop. */
    public GrpcAgentConnection(ManagedChannel channel, Loop loop) {
        this.channel = channel;
        this.loop = loop;
        stub = AgentGrpc.newStub(channel);
    }

    @Override
    public void watch(WatchRequest request, Watcher watcher) {
        watching.cancel(null);
        watching = Context.ROOT.withCancellation();
        channel.resetConnectBackoff();
        watching.run(() -> stub.watch(request, new StreamObserver<WatchResponse>() {
            @Override
            public void onNext(WatchResponse state) {
                loop.execute(() -> watcher.state(state));
            }

            @Override
            public void onError(Throwable failure) {
                loop.execute(watcher::ended);
            }

            @Override
            public void onCompleted() {
                loop.execute(watcher::ended);
            }
        }));
    }

    @Override
    public void prepare(PrepareRequest request, Duration deadline, Answer<PrepareResponse> answer) {
        within(deadline).prepare(request, new UnaryAnswer<>(loop, answer));
    }

    @Override
    public Withdrawal offer(OfferRequest request, Duration deadline, Answer<OfferResponse> answer) {
        Context.CancellableContext asking = Context.ROOT.withCancellation();
        // A context that is never cancelled stays with the channel for good.
        asking.run(() -> within(deadline).offer(request, new UnaryAnswer<>(loop, (response, failure) -> {
            asking.cancel(null);
            answer.came(response, failure);
        })));
        return () -> {
            asking.cancel(null);
            release(request.getFence());
        };
    }

    @Override
    public void release(Fence fence) {
        within(RELEASING)
                .release(ReleaseRequest.newBuilder().setFence(fence).build(), new UnaryAnswer<>(loop, (_, _) -> {}));
    }

    @Override
    public void retire(RetireRequest request, Duration deadline, Answer<RetireResponse> answer) {
        within(deadline).retire(request, new UnaryAnswer<>(loop, answer));
    }

    @Override
    public void acknowledge(
            AcknowledgeSummaryRequest request, Duration deadline, Answer<AcknowledgeSummaryResponse> answer) {
        within(deadline).acknowledgeSummary(request, new UnaryAnswer<>(loop, answer));
    }

    private AgentStub within(Duration deadline) {
        return stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public AgentStub stub() {
        return stub;
    }

    @Override
    public void close() {
        watching.cancel(null);
        channel.shutdown();
    }
}
