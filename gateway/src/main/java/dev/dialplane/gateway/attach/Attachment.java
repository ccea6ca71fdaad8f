package dev.dialplane.gateway.attach;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.AgentStates;
import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.gateway.binding.Binder;
import dev.dialplane.gateway.events.EventJournal;
import dev.dialplane.gateway.events.LiveCalls;
import dev.dialplane.gateway.loop.Backoff;
import dev.dialplane.gateway.loop.SerialLoop;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The stream to the operator. While it is away, calls go on with what is known; when it comes back, it hears the full state
 * and every event that it has not acknowledged, in order.
 *
 * <p>Sends only while the stream takes it: events wait in the journal, and of states and figures only the latest. All state
 * belongs to the control loop; the public methods may be called from anywhere.
 */
public final class Attachment {
    private static final Logger LOG = Logger.getLogger(Attachment.class);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration SAVE_AFTER = Duration.ofMillis(200);

    private final SerialLoop loop;
    private final @Nullable OperatorRoute operators;
    private final @Nullable Path tokenFile;
    private final Supplier<Hello> hello;
    private final Binder binder;
    private final EventJournal journal;
    private final LiveCalls liveCalls;
    private final DirectoryFile file;
    private final OrderDesk orders;
    /** Short, because a leader that died is replaced in seconds, and who stands by refuses at no cost. */
    private final Backoff backoff =
            new Backoff(Duration.ofMillis(250), Duration.ofSeconds(1), RandomGenerator.getDefault());

    private final Directory directory = new Directory();
    private final Map<String, AgentState> changedAgents = new LinkedHashMap<>();
    private final Map<PoolRef, Demand> changedDemand = new LinkedHashMap<>();
    private final Deque<CallEvent> unsent = new ArrayDeque<>();
    private @Nullable Session session;
    private boolean saving;
    private boolean closed;
    private volatile boolean informed;
    private volatile boolean attached;

    /** An attachment; nothing happens before {@link #start}. Without operators it works from the file alone. */
    public Attachment(
            SerialLoop loop,
            @Nullable OperatorRoute operators,
            @Nullable Path tokenFile,
            Supplier<Hello> hello,
            Binder binder,
            EventJournal journal,
            LiveCalls liveCalls,
            DirectoryFile file,
            OrderDesk orders) {
        this.loop = loop;
        this.operators = operators;
        this.tokenFile = tokenFile;
        this.hello = hello;
        this.binder = binder;
        this.journal = journal;
        this.liveCalls = liveCalls;
        this.file = file;
        this.orders = orders;
    }

    /** Begins with what is on disk, and connects. */
    public void start() {
        loop.execute(() -> {
            Snapshot kept = file.read();
            if (kept != null) {
                LOG.infof(
                        "from disk: %d pools, %d agents, version %d",
                        kept.getPoolsCount(), kept.getAgentsCount(), kept.getVersion());
                directory.replace(kept);
                binder.share(directory.sharing());
                binder.replaceAll(kept.getPoolsList(), kept.getAgentsList());
                informed = true;
            }
            connect();
        });
    }

    /** Whether pools and agents are known, from the operator or from disk. */
    public boolean informed() {
        return informed;
    }

    /** Whether the stream is up. */
    public boolean attached() {
        return attached;
    }

    private void connect() {
        if (closed || operators == null) {
            return;
        }
        var unused = operators
                .next()
                .whenCompleteAsync(
                        (channel, failure) -> {
                            if (failure != null) {
                                LOG.warnf("the operator's address is not known: %s", failure.getMessage());
                                retry();
                            } else {
                                attach(channel);
                            }
                        },
                        loop);
    }

    private void attach(ManagedChannel channel) {
        if (closed) {
            channel.shutdownNow();
            return;
        }
        ControlGrpc.ControlStub stub = ControlGrpc.newStub(channel);
        if (tokenFile != null) {
            try {
                Metadata headers = new Metadata();
                headers.put(
                        AUTHORIZATION, "Bearer " + Files.readString(tokenFile).strip());
                stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
            } catch (IOException e) {
                LOG.warnf("the token file %s cannot be read: %s", tokenFile, e.getMessage());
                channel.shutdownNow();
                retry();
                return;
            }
        }
        Session fresh = new Session(channel);
        session = fresh;
        var unused = stub.attach(fresh);
        fresh.send(AttachRequest.newBuilder().setHello(hello.get()).build());
        unsent.clear();
        unsent.addAll(journal.pending());
        binder.states()
                .thenAcceptAsync(
                        states -> {
                            if (session == fresh) {
                                fresh.send(AttachRequest.newBuilder()
                                        .setAgentStates(AgentStates.newBuilder()
                                                .setFull(true)
                                                .addAllAgents(states))
                                        .build());
                                fresh.statesSent = true;
                                flush();
                            }
                        },
                        loop);
        binder.demands()
                .thenAcceptAsync(
                        demands -> {
                            demands.forEach(d -> changedDemand.put(d.getPool(), d));
                            flush();
                        },
                        loop);
    }

    private void retry() {
        if (!closed) {
            // Of several operators one leads: all are asked before waiting.
            Duration wait = operators != null && operators.moreToTry() ? Duration.ZERO : backoff.next();
            var unused = loop.after(wait, this::connect);
        }
    }

    private void lost(Session which, Status status) {
        which.channel.shutdownNow();
        if (session != which) {
            return;
        }
        session = null;
        if (attached || which.first) {
            LOG.warnf("the operator is away (%s); calls go on with what is known", status);
        }
        attached = false;
        retry();
    }

    /** Sends the hello again, for what it says has changed. */
    public void reintroduce() {
        loop.execute(() -> {
            if (session != null) {
                session.cancel("hello changed");
            }
        });
    }

    // Up.

    /** An event is on disk, and waits to be told. On the control loop only. */
    public void tell(CallEvent event) {
        unsent.addLast(event);
        flush();
    }

    /** An agent's state has changed. */
    public void tell(AgentState state) {
        loop.execute(() -> {
            changedAgents.put(state.getPodUid(), state);
            flush();
        });
    }

    /** A pool's figures have changed. */
    public void tell(Demand demand) {
        loop.execute(() -> {
            changedDemand.put(demand.getPool(), demand);
            flush();
        });
    }

    private void flush() {
        Session to = session;
        if (to == null || !to.ready()) {
            return;
        }
        if (to.statesSent && !changedAgents.isEmpty()) {
            to.send(AttachRequest.newBuilder()
                    .setAgentStates(AgentStates.newBuilder().addAllAgents(changedAgents.values()))
                    .build());
            changedAgents.clear();
        }
        changedDemand
                .values()
                .forEach(d -> to.send(AttachRequest.newBuilder().setDemand(d).build()));
        changedDemand.clear();
        while (!unsent.isEmpty() && to.ready()) {
            CallEvent event = unsent.removeFirst();
            if (journal.isPending(event)) {
                String sessionUid = liveCalls.sessionUid(event.getFence().getCallId());
                CallEvent told = sessionUid.isEmpty()
                        ? event
                        : event.toBuilder().setSessionUid(sessionUid).build();
                to.send(AttachRequest.newBuilder().setCallEvent(told).build());
            }
        }
    }

    // Down.

    private void heard(Session from, AttachResponse response) {
        if (session != from) {
            return;
        }
        if (!attached) {
            attached = true;
            backoff.reset();
            LOG.info("attached to the operator");
        }
        switch (response.getMessageCase()) {
            case SNAPSHOT -> {
                Snapshot snapshot = response.getSnapshot();
                LOG.infof(
                        "%d pools, %d agents, version %d",
                        snapshot.getPoolsCount(), snapshot.getAgentsCount(), snapshot.getVersion());
                directory.replace(snapshot);
                binder.share(directory.sharing());
                binder.replaceAll(snapshot.getPoolsList(), snapshot.getAgentsList());
                informed = true;
                save();
            }
            case POOL_CHANGE -> {
                directory.apply(response.getPoolChange());
                switch (response.getPoolChange().getChangeCase()) {
                    case UPSERT -> binder.upsertPool(response.getPoolChange().getUpsert());
                    case REMOVED -> binder.removePool(response.getPoolChange().getRemoved());
                    case CHANGE_NOT_SET -> {}
                }
                save();
            }
            case AGENT_CHANGE -> {
                directory.apply(response.getAgentChange());
                switch (response.getAgentChange().getChangeCase()) {
                    case UPSERT -> binder.upsertAgent(response.getAgentChange().getUpsert());
                    case REMOVED -> {
                        changedAgents.remove(response.getAgentChange().getRemoved());
                        binder.removeAgent(response.getAgentChange().getRemoved());
                    }
                    case CHANGE_NOT_SET -> {}
                }
                save();
            }
            case GATEWAYS -> {
                directory.apply(response.getGateways());
                binder.share(directory.sharing());
                save();
            }
            case EVENT_ACK -> acknowledged(response.getEventAck());
            case ORDER -> ordered(response.getOrder());
            case MESSAGE_NOT_SET -> LOG.debug("a message that this gateway does not know");
        }
    }

    private void acknowledged(EventAck ack) {
        liveCalls.session(ack.getFence(), ack.getSessionUid(), ack.getSessionName());
        try {
            journal.acknowledge(ack.getFence(), ack.getSeq());
        } catch (IOException e) {
            LOG.errorf(
                    e,
                    "call %s: an acknowledgement is not on disk",
                    ack.getFence().getCallId());
        }
    }

    private void ordered(Order order) {
        LOG.infof("order %s: %s", order.getOrderId(), order.getOrderCase());
        var unused = orders.take(order)
                .thenAcceptAsync(
                        result -> {
                            if (session != null) {
                                session.send(AttachRequest.newBuilder()
                                        .setOrderResult(result)
                                        .build());
                            }
                        },
                        loop);
    }

    private void save() {
        if (!saving) {
            saving = true;
            var unused = loop.after(SAVE_AFTER, () -> {
                saving = false;
                file.write(directory.snapshot());
            });
        }
    }

    /** Lets go of the operator. */
    public void close() {
        loop.execute(() -> {
            closed = true;
            if (saving) {
                file.write(directory.snapshot());
            }
            if (session != null) {
                session.cancel("the gateway stops");
                session.channel.shutdownNow();
            }
        });
    }

    private final class Session implements ClientResponseObserver<AttachRequest, AttachResponse> {
        private @Nullable ClientCallStreamObserver<AttachRequest> out;
        private boolean statesSent;
        private final boolean first = !informed;
        private final ManagedChannel channel;

        Session(ManagedChannel channel) {
            this.channel = channel;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<AttachRequest> requests) {
            out = requests;
            requests.setOnReadyHandler(() -> loop.execute(Attachment.this::flush));
        }

        boolean ready() {
            return out != null && out.isReady();
        }

        void send(AttachRequest request) {
            if (out != null) {
                out.onNext(request);
            }
        }

        void cancel(String why) {
            if (out != null) {
                out.cancel(why, null);
            }
        }

        @Override
        public void onNext(AttachResponse response) {
            loop.execute(() -> heard(this, response));
        }

        @Override
        public void onError(Throwable failure) {
            loop.execute(() -> lost(this, Status.fromThrowable(failure)));
        }

        @Override
        public void onCompleted() {
            loop.execute(() -> lost(this, Status.OK.withDescription("the operator closed the stream")));
        }
    }
}
