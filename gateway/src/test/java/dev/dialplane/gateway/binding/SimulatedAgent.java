package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent in virtual time, with the phases of the contract, behind a network that a test can slow down and have lose
 * messages. Requests and answers travel on their own; a watch is a stream, and keeps its order until it breaks.
 */
final class SimulatedAgent {
    private static final AgentStub NOWHERE = AgentGrpc.newStub(new Channel() {
        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
            throw new UnsupportedOperationException("there are no streams here");
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    });

    /** How the network treats the next message. */
    interface Network {
        /** How long it takes; null if it is lost. */
        @Nullable
        Duration carry();
    }

    private final VirtualLoop loop;
    private final Network network;
    private final String uid;
    private final PoolRef pool;
    private final String zone;
    private final boolean avoid;
    private final List<Connection> connections = new ArrayList<>();

    private Phase phase = Phase.PHASE_STARTING;
    private String hash = "";
    private @Nullable Fence fence;
    private long holds;

    /** Fences that it accepted, in order. */
    final List<Fence> accepted = new ArrayList<>();
    /** Everything that it was offered. */
    final List<OfferRequest> offers = new ArrayList<>();
    /** Says no to everything. */
    boolean declines;

    /** What it says when it does. */
    BusyReason declinesFor = BusyReason.BUSY_REASON_IN_CALL;
    /** How long it thinks about each offer. */
    Duration thinks = Duration.ZERO;
    /** Is not there: nothing is answered, watches end. */
    private boolean dead;

    SimulatedAgent(VirtualLoop loop, Network network, String uid, PoolRef pool, String zone, boolean avoid) {
        this.loop = loop;
        this.network = network;
        this.uid = uid;
        this.pool = pool;
        this.zone = zone;
        this.avoid = avoid;
    }

    /** An idle one, next door. */
    static SimulatedAgent idle(VirtualLoop loop, String uid, PoolRef pool, String hash) {
        return idle(loop, uid, pool, hash, false);
    }

    /** An idle one, next door, to be bound after others perhaps. */
    static SimulatedAgent idle(VirtualLoop loop, String uid, PoolRef pool, String hash, boolean avoid) {
        SimulatedAgent agent = new SimulatedAgent(loop, () -> Duration.ofMillis(1), uid, pool, "", avoid);
        agent.phase = Phase.PHASE_IDLE;
        agent.hash = hash;
        return agent;
    }

    AgentAddress address() {
        return AgentAddress.newBuilder()
                .setPool(pool)
                .setPodName("pod-" + uid)
                .setPodUid(uid)
                .setAddress("10.0.0.1:" + uid.hashCode())
                .setZone(zone)
                .setAvoid(avoid)
                .build();
    }

    String uid() {
        return uid;
    }

    Phase phase() {
        return phase;
    }

    @Nullable
    Fence fence() {
        return fence;
    }

    /** Connections that are open to it. */
    int connected() {
        return (int) connections.stream().filter(c -> !c.closed).count();
    }

    AgentConnection connect() {
        Connection connection = new Connection();
        connections.add(connection);
        return connection;
    }

    /** The call that it was offered begins, if the fence is the one that it holds. */
    boolean converse(Fence with) {
        if (dead || phase != Phase.PHASE_OFFERED || !with.equals(fence)) {
            return false;
        }
        holds++;
        become(Phase.PHASE_ACTIVE, fence);
        return true;
    }

    /** The call is over. */
    void hangUp() {
        if (phase == Phase.PHASE_ACTIVE) {
            become(Phase.PHASE_RESETTING, null);
            long now = holds;
            loop.after(Duration.ofMillis(5), () -> {
                if (now == holds && phase == Phase.PHASE_RESETTING) {
                    become(Phase.PHASE_IDLE, null);
                }
            });
        }
    }

    /** Breaks every watch; they may be begun again. */
    void breakWatches() {
        connections.forEach(Connection::breakWatch);
    }

    /** Tells its state again, as a stale cache might. */
    void repeatState() {
        connections.forEach(c -> c.tell(state()));
    }

    /** Dies, or comes back as a new process under the same name: idle, if it ever was. */
    void dead(boolean dies) {
        dead = dies;
        if (dies) {
            phase = hash.isEmpty() ? Phase.PHASE_STARTING : Phase.PHASE_IDLE;
            fence = null;
            holds++;
            breakWatches();
        }
    }

    private void become(Phase next, @Nullable Fence with) {
        phase = next;
        fence = with;
        connections.forEach(c -> c.tell(state()));
    }

    private WatchResponse state() {
        WatchResponse.Builder state =
                WatchResponse.newBuilder().setPodUid(uid).setPhase(phase).setPreparedHash(hash);
        if (fence != null) {
            state.setFence(fence);
        }
        return state.build();
    }

    private OfferResponse offered(OfferRequest request) {
        offers.add(request);
        boolean repeated = phase == Phase.PHASE_OFFERED && request.getFence().equals(fence);
        if (declines || phase != Phase.PHASE_IDLE && !repeated) {
            return OfferResponse.newBuilder()
                    .setBusyReason(declines ? declinesFor : BusyReason.BUSY_REASON_IN_CALL)
                    .build();
        }
        if (!request.getSpecHash().equals(hash)) {
            return OfferResponse.newBuilder()
                    .setBusyReason(BusyReason.BUSY_REASON_OTHER_SPEC)
                    .build();
        }
        long now = ++holds;
        accepted.add(request.getFence());
        become(Phase.PHASE_OFFERED, request.getFence());
        loop.after(Duration.ofMillis(request.getExpiresInMs()), () -> {
            if (now == holds && phase == Phase.PHASE_OFFERED) {
                become(Phase.PHASE_IDLE, null);
            }
        });
        return OfferResponse.newBuilder().setAccepted(true).build();
    }

    private void released(Fence offered) {
        if (phase == Phase.PHASE_OFFERED && offered.equals(fence)) {
            holds++;
            become(Phase.PHASE_IDLE, null);
        }
    }

    private final class Connection implements AgentConnection {
        private @Nullable Watcher watcher;
        private long watch;
        private long lastDelivery;
        private boolean closed;

        @Override
        public void watch(WatchRequest request, Watcher fresh) {
            watcher = fresh;
            long mine = ++watch;
            Duration delay = network.carry();
            loop.after(delay == null ? Duration.ofSeconds(1) : delay, () -> {
                if (mine == watch && !closed) {
                    if (dead || delay == null) {
                        breakWatch();
                    } else {
                        tell(state());
                    }
                }
            });
        }

        /** In order: a later message never comes before an earlier one. A lost one breaks the stream. */
        void tell(WatchResponse state) {
            Watcher to = watcher;
            long mine = watch;
            if (to == null || closed) {
                return;
            }
            Duration delay = network.carry();
            if (delay == null) {
                breakWatch();
                return;
            }
            lastDelivery = Math.max(lastDelivery, loop.nanos() + delay.toNanos());
            loop.after(Duration.ofNanos(lastDelivery - loop.nanos()), () -> {
                if (mine == watch && !closed) {
                    to.state(state);
                }
            });
        }

        void breakWatch() {
            Watcher to = watcher;
            if (to != null && !closed) {
                watcher = null;
                watch++;
                loop.execute(() -> {
                    if (!closed) {
                        to.ended();
                    }
                });
            }
        }

        @Override
        public void prepare(PrepareRequest request, Duration deadline, Answer<PrepareResponse> answer) {
            exchange(deadline, answer, () -> {
                if (phase != Phase.PHASE_STARTING && phase != Phase.PHASE_IDLE) {
                    return null;
                }
                hash = request.getHash();
                become(Phase.PHASE_IDLE, null);
                return PrepareResponse.newBuilder().setPreparedHash(hash).build();
            });
        }

        @Override
        public Withdrawal offer(OfferRequest request, Duration deadline, Answer<OfferResponse> answer) {
            Withdrawal withdrawal = exchange(deadline, answer, () -> offered(request));
            return () -> {
                withdrawal.withdraw();
                release(request.getFence());
            };
        }

        @Override
        public void release(Fence offered) {
            Duration there = network.carry();
            if (there != null) {
                loop.after(there, () -> released(offered));
            }
        }

        @Override
        public void retire(RetireRequest request, Duration deadline, Answer<RetireResponse> answer) {
            exchange(deadline, answer, () -> {
                boolean yes = phase == Phase.PHASE_IDLE;
                if (yes) {
                    become(Phase.PHASE_RETIRING, null);
                }
                return RetireResponse.newBuilder().setRetiring(yes).build();
            });
        }

        @Override
        public void acknowledge(
                AcknowledgeSummaryRequest request, Duration deadline, Answer<AcknowledgeSummaryResponse> answer) {
            exchange(deadline, answer, AcknowledgeSummaryResponse::getDefaultInstance);
        }

        /** There and back; one answer, whatever the network does. */
        private <T> Withdrawal exchange(Duration deadline, Answer<T> answer, Serving<T> serving) {
            boolean[] answered = new boolean[1];
            var late = loop.after(deadline, () -> {
                if (!answered[0]) {
                    answered[0] = true;
                    answer.came(null, Status.DEADLINE_EXCEEDED.asRuntimeException());
                }
            });
            Withdrawal withdrawal = () -> {
                if (!answered[0]) {
                    answered[0] = true;
                    late.cancel(false);
                    loop.execute(() -> answer.came(null, Status.CANCELLED.asRuntimeException()));
                }
            };
            Duration there = network.carry();
            if (there == null) {
                return withdrawal;
            }
            loop.after(there.plus(thinks), () -> {
                if (dead || answered[0] && !thinks.isZero()) {
                    return;
                }
                T response = serving.serve();
                Duration back = network.carry();
                if (back != null) {
                    loop.after(back, () -> {
                        if (!answered[0]) {
                            answered[0] = true;
                            late.cancel(false);
                            answer.came(
                                    response,
                                    response == null ? Status.FAILED_PRECONDITION.asRuntimeException() : null);
                        }
                    });
                }
            });
            return withdrawal;
        }

        @Override
        public AgentStub stub() {
            return NOWHERE;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private interface Serving<T> {
        @Nullable
        T serve();
    }
}
