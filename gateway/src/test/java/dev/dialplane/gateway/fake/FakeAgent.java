package dev.dialplane.gateway.fake;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.ReleaseRequest;
import dev.dialplane.contracts.agent.v1.ReleaseResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An agent over real gRPC, with the life of the contract: starting, preparing, idle, offered, active, wrapping. What it
 * does in a call is a {@link Talk}.
 */
public final class FakeAgent extends AgentGrpc.AgentImplBase implements AutoCloseable {
    private static final ScheduledExecutorService TIMER = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("fake-agents").factory());

    private final String podUid;
    private final PoolRef pool;
    private final Function<FakeAgent, Talk> talks;
    private final Server server;
    private final List<StreamObserver<WatchResponse>> watchers = new ArrayList<>();

    private Phase phase = Phase.PHASE_STARTING;
    private String hash = "";
    private @Nullable Fence fence;
    private @Nullable CallSummary unreported;
    private long generation;
    private int served;
    private @Nullable ScheduledFuture<?> expiry;
    private @Nullable Conversation current;

    /** Offers that came, in order. */
    public final List<OfferRequest> offers = new CopyOnWriteArrayList<>();
    /** Conversations that were held. */
    public final List<Conversation> conversations = new CopyOnWriteArrayList<>();
    /** Preparations that were asked for. */
    public final List<PrepareRequest> prepared = new CopyOnWriteArrayList<>();
    /** Streams that are open. */
    public final AtomicInteger openStreams = new AtomicInteger();
    /** Set to have every offer declined so. */
    public volatile @Nullable BusyReason decline;
    /** Set to leave offers without an answer. */
    public volatile boolean mute;
    /** Set to leave streams without an answer. */
    public volatile boolean slowToOpen;
    /** Says no to every request to leave. */
    public volatile boolean stays;

    /** What an agent does in a call. Called in order, never at once. */
    public interface Talk {
        default void opened(Conversation call) {}

        default void heard(Conversation call, ConverseRequest message) {}
    }

    public FakeAgent(String podUid, PoolRef pool, String host, Function<FakeAgent, Talk> talks) throws IOException {
        this.podUid = podUid;
        this.pool = pool;
        this.talks = talks;
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getByName(host), 0))
                .directExecutor()
                .addService(this)
                .build()
                .start();
    }

    public String podUid() {
        return podUid;
    }

    public AgentAddress address() {
        InetSocketAddress at = (InetSocketAddress) server.getListenSockets().getFirst();
        return AgentAddress.newBuilder()
                .setPool(pool)
                .setPodName("pod-" + podUid)
                .setPodUid(podUid)
                .setAddress(at.getAddress().getHostAddress() + ":" + at.getPort())
                .build();
    }

    public synchronized Phase phase() {
        return phase;
    }

    public synchronized int served() {
        return served;
    }

    private WatchResponse state() {
        WatchResponse.Builder state = WatchResponse.newBuilder()
                .setPodUid(podUid)
                .setPhase(phase)
                .setGeneration(generation)
                .setPreparedHash(hash)
                .setCallsServed(served);
        if (fence != null) {
            state.setFence(fence);
        }
        if (unreported != null) {
            state.setUnreportedSummary(unreported);
        }
        return state.build();
    }

    private void become(Phase next) {
        phase = next;
        WatchResponse state = state();
        for (StreamObserver<WatchResponse> watcher : List.copyOf(watchers)) {
            watcher.onNext(state);
        }
    }

    @Override
    public synchronized void watch(WatchRequest request, StreamObserver<WatchResponse> out) {
        ((ServerCallStreamObserver<WatchResponse>) out).setOnCancelHandler(() -> {
            synchronized (FakeAgent.this) {
                watchers.remove(out);
            }
        });
        watchers.add(out);
        out.onNext(state());
    }

    @Override
    public synchronized void prepare(PrepareRequest request, StreamObserver<PrepareResponse> out) {
        prepared.add(request);
        if (phase != Phase.PHASE_STARTING && phase != Phase.PHASE_IDLE) {
            out.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        hash = request.getHash();
        become(Phase.PHASE_IDLE);
        out.onNext(PrepareResponse.newBuilder().setPreparedHash(hash).build());
        out.onCompleted();
    }

    @Override
    public synchronized void offer(OfferRequest request, StreamObserver<OfferResponse> out) {
        offers.add(request);
        if (mute) {
            return;
        }
        OfferResponse.Builder answer = OfferResponse.newBuilder().setGeneration(generation);
        BusyReason no = refusal(request);
        if (no != null) {
            answer.setBusyReason(no);
        } else {
            answer.setAccepted(true);
            if (phase == Phase.PHASE_IDLE) {
                fence = request.getFence();
                become(Phase.PHASE_OFFERED);
            }
            if (expiry != null) {
                expiry.cancel(false);
            }
            expiry = TIMER.schedule(() -> expire(request.getFence()), request.getExpiresInMs(), TimeUnit.MILLISECONDS);
        }
        out.onNext(answer.build());
        out.onCompleted();
    }

    private @Nullable BusyReason refusal(OfferRequest request) {
        if (decline != null) {
            return decline;
        }
        if (!request.getPodUid().equals(podUid)) {
            return BusyReason.BUSY_REASON_OTHER_POD;
        }
        if (!request.getSpecHash().equals(hash)) {
            return BusyReason.BUSY_REASON_OTHER_SPEC;
        }
        boolean repeated = phase == Phase.PHASE_OFFERED && request.getFence().equals(fence);
        return phase == Phase.PHASE_IDLE || repeated ? null : BusyReason.BUSY_REASON_IN_CALL;
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> out) {
        expire(request.getFence());
        out.onNext(ReleaseResponse.getDefaultInstance());
        out.onCompleted();
    }

    private synchronized void expire(Fence which) {
        if (phase == Phase.PHASE_OFFERED && which.equals(fence)) {
            fence = null;
            become(Phase.PHASE_IDLE);
        }
    }

    @Override
    public synchronized StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> out) {
        openStreams.incrementAndGet();
        return new Conversation(out);
    }

    @Override
    public synchronized void acknowledgeSummary(
            AcknowledgeSummaryRequest request, StreamObserver<AcknowledgeSummaryResponse> out) {
        if (phase != Phase.PHASE_WRAPPING || !request.getFence().equals(fence)) {
            out.onError(Status.FAILED_PRECONDITION.asRuntimeException());
            return;
        }
        reset();
        out.onNext(AcknowledgeSummaryResponse.getDefaultInstance());
        out.onCompleted();
    }

    @Override
    public synchronized void retire(RetireRequest request, StreamObserver<RetireResponse> out) {
        boolean yes = phase == Phase.PHASE_IDLE && !stays;
        if (yes) {
            become(Phase.PHASE_RETIRING);
        }
        out.onNext(RetireResponse.newBuilder()
                .setRetiring(yes)
                .setBusyReason(yes ? BusyReason.BUSY_REASON_UNSPECIFIED : BusyReason.BUSY_REASON_IN_CALL)
                .build());
        out.onCompleted();
    }

    private void reset() {
        unreported = null;
        fence = null;
        current = null;
        generation++;
        served++;
        become(Phase.PHASE_IDLE);
    }

    /** As an agent whose gateway died in a call, once it has given up waiting. */
    public synchronized void holdSummary(Fence of, CallSummary.Builder summary) {
        hash = "spec-1";
        fence = of;
        unreported = summary.setFence(of).build();
        become(Phase.PHASE_WRAPPING);
    }

    /** As a process that dies: every connection breaks. */
    public void kill() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** One call. */
    public final class Conversation implements StreamObserver<ConverseRequest> {
        private final StreamObserver<ConverseResponse> out;
        private final Talk talk;
        private @Nullable ScheduledFuture<?> heartbeat;
        private boolean over;
        /** Everything the gateway said. */
        public final List<ConverseRequest> received = new CopyOnWriteArrayList<>();

        Conversation(StreamObserver<ConverseResponse> out) {
            this.out = out;
            talk = talks.apply(FakeAgent.this);
            conversations.add(this);
        }

        /** What another agent left; empty for a call that begins. */
        public String left() {
            return offers.getLast().getCheckpoint().getState().toStringUtf8();
        }

        /** Says something to the gateway. */
        public void send(ConverseResponse message) {
            synchronized (FakeAgent.this) {
                if (!over) {
                    out.onNext(message);
                }
            }
        }

        /** Ends the call with a summary, as a real agent does. */
        public void summarize(CallSummary.Builder summary) {
            synchronized (FakeAgent.this) {
                if (fence != null && unreported == null) {
                    unreported = summary.setFence(fence).build();
                    become(Phase.PHASE_WRAPPING);
                    send(ConverseResponse.newBuilder().setSummary(unreported).build());
                }
            }
        }

        /** Breaks the stream, and wraps up: the summary waits for whoever asks. */
        public void breakStream(CallSummary.Builder summary) {
            synchronized (FakeAgent.this) {
                over(false);
                out.onError(Status.ABORTED.asRuntimeException());
                if (fence != null) {
                    unreported = summary.setFence(fence).build();
                    become(Phase.PHASE_WRAPPING);
                }
            }
        }

        /** Stops heartbeats: a silent agent. */
        public void fallSilent() {
            if (heartbeat != null) {
                heartbeat.cancel(false);
            }
        }

        private void over(boolean reset) {
            if (!over) {
                over = true;
                openStreams.decrementAndGet();
                fallSilent();
                if (reset) {
                    reset();
                }
            }
        }

        @Override
        public void onNext(ConverseRequest message) {
            synchronized (FakeAgent.this) {
                received.add(message);
                switch (message.getMessageCase()) {
                    case OPEN -> open(message);
                    case SUMMARY_TAKEN -> {
                        over(true);
                        out.onCompleted();
                    }
                    default -> talk.heard(this, message);
                }
            }
        }

        private void open(ConverseRequest message) {
            if (slowToOpen) {
                return;
            }
            if (!message.getOpen().getFence().equals(fence) || phase != Phase.PHASE_OFFERED) {
                over(false);
                out.onError(Status.FAILED_PRECONDITION
                        .withDescription("not offered")
                        .asRuntimeException());
                return;
            }
            if (expiry != null) {
                expiry.cancel(false);
            }
            current = this;
            become(Phase.PHASE_ACTIVE);
            out.onNext(ConverseResponse.newBuilder()
                    .setOpened(dev.dialplane.contracts.agent.v1.Opened.newBuilder()
                            .setFence(message.getOpen().getFence())
                            .setAgentGeneration(generation))
                    .build());
            heartbeat = TIMER.scheduleAtFixedRate(
                    () -> send(ConverseResponse.newBuilder()
                            .setHeartbeat(dev.dialplane.contracts.agent.v1.Heartbeat.getDefaultInstance())
                            .build()),
                    100,
                    100,
                    TimeUnit.MILLISECONDS);
            talk.opened(this);
        }

        @Override
        public void onError(Throwable failure) {
            synchronized (FakeAgent.this) {
                boolean mine = current == this;
                over(false);
                if (mine && phase == Phase.PHASE_ACTIVE) {
                    reset();
                }
            }
        }

        @Override
        public void onCompleted() {
            synchronized (FakeAgent.this) {
                if (!over) {
                    over(false);
                    out.onCompleted();
                }
            }
        }
    }

    /** Bytes of one value, as audio. */
    public static ByteString tone(int samples, int value) {
        byte[] bytes = new byte[samples];
        java.util.Arrays.fill(bytes, (byte) value);
        return ByteString.copyFrom(bytes);
    }

    static boolean isReserve(OfferRequest offer) {
        return offer.getKind() == OfferKind.OFFER_KIND_RESERVE;
    }
}
