package dev.dialplane.gateway.fake;

import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Snapshot;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** An operator over real gRPC: tells a snapshot, and acknowledges events while it is willing to. */
public final class FakeOperator extends ControlGrpc.ControlImplBase implements AutoCloseable {
    private static final Context.Key<String> BEARER = Context.key("bearer");

    private Server server;
    private final String host;
    private final int port;
    private volatile @Nullable StreamObserver<AttachResponse> out;

    /** What gateways are told first. */
    public volatile Snapshot snapshot = Snapshot.getDefaultInstance();
    /** Whether events are acknowledged. */
    public volatile boolean acknowledges = true;
    /** Whether gateways are refused, for another operator leads. */
    public volatile boolean standsBy;
    /** The connections that streams came by. */
    public final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();
    /** All that gateways said. */
    public final List<AttachRequest> received = new CopyOnWriteArrayList<>();
    /** Tokens that streams were opened with. */
    public final List<String> tokens = new CopyOnWriteArrayList<>();

    public FakeOperator(String host) throws IOException {
        this.host = host;
        server = serve(0);
        port = server.getPort();
    }

    private Server serve(int port) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getByName(host), port))
                .directExecutor()
                .addService(this)
                .intercept(new ServerInterceptor() {
                    @Override
                    public <A, B> ServerCall.Listener<A> interceptCall(
                            ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
                        SocketAddress from = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
                        if (from != null) {
                            connections.add(from);
                        }
                        String bearer = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
                        return Contexts.interceptCall(
                                Context.current().withValue(BEARER, String.valueOf(bearer)), call, headers, next);
                    }
                })
                .build()
                .start();
    }

    public String address() {
        return host + ":" + port;
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<AttachResponse> responses) {
        tokens.add(BEARER.get());
        boolean refused = standsBy;
        if (refused) {
            responses.onError(Status.UNAVAILABLE
                    .withDescription("this operator stands by")
                    .asRuntimeException());
        }
        return new StreamObserver<>() {
            @Override
            public void onNext(AttachRequest request) {
                if (refused) {
                    return;
                }
                received.add(request);
                switch (request.getMessageCase()) {
                    case HELLO -> {
                        out = responses;
                        send(AttachResponse.newBuilder().setSnapshot(snapshot).build());
                    }
                    case CALL_EVENT -> {
                        if (acknowledges) {
                            send(AttachResponse.newBuilder()
                                    .setEventAck(EventAck.newBuilder()
                                            .setFence(request.getCallEvent().getFence())
                                            .setSeq(request.getCallEvent().getSeq())
                                            .setSessionUid("session-of-"
                                                    + request.getCallEvent()
                                                            .getFence()
                                                            .getCallId()))
                                    .build());
                        }
                    }
                    default -> {}
                }
            }

            @Override
            public void onError(Throwable failure) {
                out = null;
            }

            @Override
            public void onCompleted() {
                if (!refused) {
                    responses.onCompleted();
                }
            }
        };
    }

    /** Tells whoever is attached. */
    public synchronized void send(AttachResponse response) {
        StreamObserver<AttachResponse> to = out;
        if (to != null) {
            to.onNext(response);
        }
    }

    public List<CallEvent> events() {
        return received.stream()
                .filter(AttachRequest::hasCallEvent)
                .map(AttachRequest::getCallEvent)
                .toList();
    }

    /** As a process that dies. */
    public void stop() {
        server.shutdownNow();
    }

    /** Comes back where it was. */
    public void restart() throws IOException {
        // A client that tries again may hold the port for a moment.
        server = Awaitility.await("port " + port)
                .atMost(Duration.ofSeconds(10))
                .ignoreException(IOException.class)
                .until(() -> serve(port), Objects::nonNull);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
