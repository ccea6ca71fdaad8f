package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.e2e.agents.SimulatedAgent;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * The operator's side of {@code Control.Attach} without Kubernetes: one pool, its agents, and an acknowledgement for
 * every event. It lets a benchmark load a gateway alone.
 */
final class StandInOperator implements AutoCloseable {
    private final Server server;

    StandInOperator(PoolRef pool, List<SimulatedAgent> agents, Consumer<CallEvent> onEvent) throws IOException {
        Snapshot.Builder snapshot = Snapshot.newBuilder()
                .setVersion(1)
                .addPools(Pool.newBuilder()
                        .setRef(pool)
                        .setSpec(AgentSpec.newBuilder().setLanguage("en-IN").setGreeting("Hello"))
                        .setSpecHash("bench")
                        .setQueueMaxWaitMs(5_000)
                        .setQueueMaxLength(1_000)
                        .setMaxRingingMs(45_000)
                        .setMaxDurationMs(3_600_000)
                        .setRevision("r1"));
        for (SimulatedAgent agent : agents) {
            snapshot.addAgents(AgentAddress.newBuilder()
                    .setPool(pool)
                    .setPodName(agent.name())
                    .setPodUid(agent.uid())
                    .setAddress(agent.address())
                    .setNode("bench")
                    .setRevision("r1"));
        }
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new Attach(snapshot.build(), onEvent))
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class Attach extends ControlGrpc.ControlImplBase {
        private final Snapshot snapshot;
        private final Consumer<CallEvent> onEvent;

        Attach(Snapshot snapshot, Consumer<CallEvent> onEvent) {
            this.snapshot = snapshot;
            this.onEvent = onEvent;
        }

        @Override
        public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> down) {
            return new StreamObserver<>() {
                @Override
                public void onNext(AttachRequest request) {
                    switch (request.getMessageCase()) {
                        case HELLO ->
                            down.onNext(AttachResponse.newBuilder()
                                    .setSnapshot(snapshot)
                                    .build());
                        case CALL_EVENT -> {
                            CallEvent event = request.getCallEvent();
                            onEvent.accept(event);
                            down.onNext(AttachResponse.newBuilder()
                                    .setEventAck(EventAck.newBuilder()
                                            .setFence(event.getFence())
                                            .setSeq(event.getSeq()))
                                    .build());
                        }
                        default -> {}
                    }
                }

                @Override
                public void onError(Throwable error) {}

                @Override
                public void onCompleted() {
                    down.onCompleted();
                }
            };
        }
    }
}
