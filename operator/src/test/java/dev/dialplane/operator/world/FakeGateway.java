package dev.dialplane.operator.world;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentState;
import dev.dialplane.contracts.control.v1.AgentStates;
import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.EventAck;
import dev.dialplane.contracts.control.v1.Gateway;
import dev.dialplane.contracts.control.v1.Hello;
import dev.dialplane.contracts.control.v1.LiveCall;
import dev.dialplane.contracts.control.v1.Order;
import dev.dialplane.contracts.control.v1.OrderDone;
import dev.dialplane.contracts.control.v1.OrderRefusal;
import dev.dialplane.contracts.control.v1.OrderRefused;
import dev.dialplane.contracts.control.v1.OrderResult;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A gateway that attaches over real gRPC: it finds every agent idle at once, and lets idle ones retire. */
public final class FakeGateway implements AutoCloseable {

    private final ManagedChannel channel;
    private final @Nullable String token;
    private final String id;
    private final List<LiveCall> liveCalls;
    private final Map<String, AgentAddress> agents = new ConcurrentHashMap<>();
    private final Map<String, Phase> phases = new ConcurrentHashMap<>();
    private final Map<PoolRef, Pool> pools = new ConcurrentHashMap<>();
    private final List<EventAck> acks = new CopyOnWriteArrayList<>();
    private final List<Order> orders = new CopyOnWriteArrayList<>();
    private final Set<String> prepared = ConcurrentHashMap.newKeySet();
    private volatile List<Gateway> gateways = List.of();
    private volatile @Nullable StreamObserver<AttachRequest> stream;
    private volatile @Nullable Status end;
    private volatile long version;
    private volatile @Nullable RecordingPlace recordings;
    private volatile boolean preparing = true;
    private volatile boolean answering = true;

    /** Makes a gateway that has not attached. */
    public FakeGateway(int operatorPort, @Nullable String token, String id, List<LiveCall> liveCalls) {
        this.channel = Grpc.newChannelBuilderForAddress("127.0.0.1", operatorPort, InsecureChannelCredentials.create())
                .build();
        this.token = token;
        this.id = id;
        this.liveCalls = liveCalls;
    }

    /** Attaches and says hello. */
    public FakeGateway attach() {
        open();
        Hello.Builder hello = Hello.newBuilder()
                .setGatewayId(id)
                .setGatewayName("gateway-of-this-test")
                .setCapacity(100)
                .addAllLiveCalls(liveCalls);
        RecordingPlace place = recordings;
        if (place != null) {
            hello.setRecordings(place);
        }
        send(AttachRequest.newBuilder().setHello(hello).build());
        return this;
    }

    /** Attaches as one that tells where it keeps recordings, or that it does not. */
    public FakeGateway attach(RecordingPlace recordings) {
        this.recordings = recordings;
        return attach();
    }

    /** Opens the stream and says nothing. */
    public FakeGateway open() {
        ControlGrpc.ControlStub stub = ControlGrpc.newStub(channel);
        if (token != null) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
            stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        stream = stub.attach(new Down());
        return this;
    }

    /** Leaves agents unprepared from now on. */
    public void prepareNoMore() {
        preparing = false;
    }

    /** Leaves orders unanswered from now on. */
    public void answerNoMore() {
        answering = false;
    }

    /** Returns what it calls itself: its pod's UID. */
    public String id() {
        return id;
    }

    /** Returns the ids of the gateways that the operator has told of, itself included. */
    public List<String> gateways() {
        return gateways.stream().map(Gateway::getGatewayId).toList();
    }

    /** Returns the agents that the operator has told of in one namespace. */
    public List<AgentAddress> agents(String namespace) {
        return agents.values().stream()
                .filter(agent -> agent.getPool().getNamespace().equals(namespace))
                .toList();
    }

    /** Returns a pool that the operator has told of. */
    public Optional<Pool> pool(String namespace, String name) {
        return Optional.ofNullable(pools.get(
                PoolRef.newBuilder().setNamespace(namespace).setName(name).build()));
    }

    /** Returns the acknowledgements of one call. */
    public List<EventAck> acks(String callId) {
        return acks.stream()
                .filter(ack -> ack.getFence().getCallId().equals(callId))
                .toList();
    }

    /** Returns all acknowledgements. */
    public List<EventAck> acks() {
        return acks;
    }

    /** Returns the orders that came. */
    public List<Order> orders() {
        return orders;
    }

    /** Returns how the operator ended the stream; null while it is open. */
    public @Nullable Status end() {
        return end;
    }

    /** Returns the version of the last snapshot or change. */
    public long version() {
        return version;
    }

    /** Tells what an agent does. */
    public void tell(String podUid, Phase phase) {
        tell(podUid, phase, 0);
    }

    /** Tells what an agent does, and how many calls it has served. */
    public void tell(String podUid, Phase phase, int served) {
        phases.put(podUid, phase);
        send(AttachRequest.newBuilder()
                .setAgentStates(AgentStates.newBuilder()
                        .addAgents(AgentState.newBuilder()
                                .setPodUid(podUid)
                                .setPhase(phase)
                                .setCallsServed(served)))
                .build());
    }

    /** Tells that an agent cannot be reached. */
    public void unreachable(String podUid) {
        send(AttachRequest.newBuilder()
                .setAgentStates(AgentStates.newBuilder()
                        .addAgents(AgentState.newBuilder()
                                .setPodUid(podUid)
                                .setPhase(phases.getOrDefault(podUid, Phase.PHASE_UNSPECIFIED))
                                .setUnreachable(true)))
                .build());
    }

    /** Tells what a pool is asked for. */
    public void tell(Demand demand) {
        send(AttachRequest.newBuilder().setDemand(demand).build());
    }

    /** Tells of a call. */
    public void tell(CallEvent event) {
        send(AttachRequest.newBuilder().setCallEvent(event).build());
    }

    /** Sends anything. */
    public void send(AttachRequest message) {
        StreamObserver<AttachRequest> open = stream;
        if (open != null) {
            synchronized (this) {
                open.onNext(message);
            }
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private void found(AgentAddress agent) {
        agents.put(agent.getPodUid(), agent);
        if (preparing && prepared.add(agent.getPodUid())) {
            tell(agent.getPodUid(), Phase.PHASE_IDLE);
        }
    }

    private void ordered(Order order) {
        orders.add(order);
        if (!answering) {
            return;
        }
        OrderResult.Builder result = OrderResult.newBuilder().setOrderId(order.getOrderId());
        if (order.hasRetire() && phases.get(order.getRetire().getPodUid()) == Phase.PHASE_ACTIVE) {
            result.setRefused(OrderRefused.newBuilder().setRefusal(OrderRefusal.ORDER_REFUSAL_BUSY));
        } else {
            result.setDone(OrderDone.getDefaultInstance());
        }
        send(AttachRequest.newBuilder().setOrderResult(result).build());
    }

    private final class Down implements StreamObserver<AttachResponse> {
        @Override
        public void onNext(AttachResponse message) {
            switch (message.getMessageCase()) {
                case SNAPSHOT -> {
                    version = message.getSnapshot().getVersion();
                    message.getSnapshot().getPoolsList().forEach(pool -> pools.put(pool.getRef(), pool));
                    message.getSnapshot().getAgentsList().forEach(FakeGateway.this::found);
                    gateways = message.getSnapshot().getGatewaysList();
                }
                case POOL_CHANGE -> {
                    version = message.getPoolChange().getVersion();
                    if (message.getPoolChange().hasUpsert()) {
                        pools.put(
                                message.getPoolChange().getUpsert().getRef(),
                                message.getPoolChange().getUpsert());
                    } else {
                        pools.remove(message.getPoolChange().getRemoved());
                    }
                }
                case AGENT_CHANGE -> {
                    version = message.getAgentChange().getVersion();
                    if (message.getAgentChange().hasUpsert()) {
                        found(message.getAgentChange().getUpsert());
                    } else {
                        agents.remove(message.getAgentChange().getRemoved());
                    }
                }
                case GATEWAYS -> {
                    version = message.getGateways().getVersion();
                    gateways = message.getGateways().getGatewaysList();
                }
                case EVENT_ACK -> acks.add(message.getEventAck());
                case ORDER -> ordered(message.getOrder());
                case MESSAGE_NOT_SET -> throw new IllegalStateException("an empty message");
            }
        }

        @Override
        public void onError(Throwable failure) {
            end = Status.fromThrowable(failure);
        }

        @Override
        public void onCompleted() {
            end = Status.OK;
        }
    }
}
