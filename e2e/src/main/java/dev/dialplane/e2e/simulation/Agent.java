package dev.dialplane.e2e.simulation;

import com.google.protobuf.Message;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryRequest;
import dev.dialplane.contracts.agent.v1.AcknowledgeSummaryResponse;
import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchRequest;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.gateway.binding.AgentConnection;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An agent's rules on virtual time: it arbitrates offers, holds one call at a time, and tells every change of its state. */
final class Agent {
    private static final AgentStub NOWHERE = AgentGrpc.newStub(new Channel() {
        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> method, CallOptions options) {
            throw new UnsupportedOperationException("conversations are simulated without streams");
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    });

    /** How long it keeps a call whose gateway is gone. */
    private static final long GRACE_MS = 10_000;
    /** After which an agent whose summary nobody takes leaves, to be replaced. */
    private static final long WRAPPING_MS = 60_000;

    /** A gateway's side of a conversation. */
    interface Talk {
        void opened();

        void notOpened();

        void summary(CallSummary summary);

        void broken();

        /** Whether there is still anybody. */
        boolean there();
    }

    /** What sees everything that agents do. */
    interface Observer {
        void accepted(Agent agent, OfferRequest offer);

        void opened(Agent agent, String callId, boolean alone);

        void released(Agent agent, String callId);

        void exited(Agent agent);
    }

    private final VirtualTime time;
    private final Network network;
    private final Observer observer;
    private final boolean acceptsTwice;
    final String uid;
    private final List<Wire> wires = new ArrayList<>(4);

    private Phase phase;
    private String hash;
    private WatchResponse state;
    private @Nullable Fence fence;
    private @Nullable CallSummary summary;
    private @Nullable Talk talk;
    /** Conversations that were opened and are not over: more than one breaks a rule. */
    private int conversations;

    private long generation;
    private int served;
    /** Rises with every change of the call it holds, so that timers of former ones are told apart. */
    private long holds;

    private long preparedAt;
    private boolean terminating;
    private boolean dead;

    Agent(VirtualTime time, Network network, Observer observer, String uid, String preparedHash, boolean acceptsTwice) {
        this.time = time;
        this.network = network;
        this.observer = observer;
        this.uid = uid;
        this.acceptsTwice = acceptsTwice;
        hash = preparedHash;
        phase = preparedHash.isEmpty() ? Phase.PHASE_STARTING : Phase.PHASE_IDLE;
        state = told();
    }

    @Nullable
    Fence fence() {
        return fence;
    }

    boolean talks() {
        return phase == Phase.PHASE_ACTIVE;
    }

    boolean dead() {
        return dead;
    }

    int conversations() {
        return conversations;
    }

    int watchers() {
        return wires.size();
    }

    AgentConnection connect(SimulatedGateway.Process gateway) {
        Wire wire = new Wire(gateway);
        wires.add(wire);
        return wire;
    }

    // The arbiter.

    private OfferResponse offered(OfferRequest request) {
        BusyReason reason = reasonAgainst(request);
        if (reason != BusyReason.BUSY_REASON_UNSPECIFIED) {
            return OfferResponse.newBuilder().setBusyReason(reason).build();
        }
        boolean again = request.getFence().equals(fence);
        if (!again) {
            observer.accepted(this, request);
        }
        if (!again || request.getKind() == OfferKind.OFFER_KIND_LIVE) {
            fence = request.getFence();
            become(Phase.PHASE_OFFERED);
            long mine = holds;
            var unused = time.after(request.getExpiresInMs() * 1_000_000L, () -> {
                if (mine == holds && phase == Phase.PHASE_OFFERED) {
                    free(false);
                }
            });
        }
        return OfferResponse.newBuilder()
                .setAccepted(true)
                .setGeneration(generation)
                .build();
    }

    private BusyReason reasonAgainst(OfferRequest request) {
        if (!request.getPodUid().equals(uid)) {
            return BusyReason.BUSY_REASON_OTHER_POD;
        }
        if (phase == Phase.PHASE_OFFERED && request.getFence().equals(fence)) {
            return BusyReason.BUSY_REASON_UNSPECIFIED;
        }
        if (phase == Phase.PHASE_RETIRING || terminating) {
            return BusyReason.BUSY_REASON_RETIRING;
        }
        if (phase == Phase.PHASE_PREPARING || phase == Phase.PHASE_STARTING) {
            return BusyReason.BUSY_REASON_PREPARING;
        }
        if (phase != Phase.PHASE_IDLE && !acceptsTwice) {
            return BusyReason.BUSY_REASON_IN_CALL;
        }
        return request.getSpecHash().equals(hash)
                ? BusyReason.BUSY_REASON_UNSPECIFIED
                : BusyReason.BUSY_REASON_OTHER_SPEC;
    }

    /** A gateway opens the conversation of the call that it was promised. It has traveled. */
    void open(Fence opened, Talk by) {
        if (!by.there()) {
            return;
        }
        boolean mine = opened.equals(fence) && phase == Phase.PHASE_OFFERED;
        if (dead || !mine) {
            back(by, by::notOpened);
            return;
        }
        talk = by;
        conversations++;
        observer.opened(this, opened.getCallId(), conversations == 1);
        become(Phase.PHASE_ACTIVE);
        back(by, by::opened);
    }

    /** The caller's side is gone. It has traveled. */
    void hangUp(Fence of, Cause cause) {
        if (!dead && phase == Phase.PHASE_ACTIVE && of.equals(fence)) {
            CallSummary made = wrapUp(of, cause);
            Talk by = talk;
            if (by != null) {
                back(by, () -> by.summary(made));
            }
        }
    }

    /** A gateway has the summary. It has traveled. */
    void taken(Fence of) {
        if (!dead && phase == Phase.PHASE_WRAPPING && of.equals(fence)) {
            free(true);
        }
    }

    /** The stream to its gateway broke. */
    void streamBroke(Talk of) {
        if (dead || talk != of) {
            return;
        }
        talk = null;
        long mine = holds;
        Fence held = fence;
        var unused = time.after(GRACE_MS * 1_000_000, () -> {
            if (mine == holds && phase == Phase.PHASE_ACTIVE && held != null) {
                var made = wrapUp(held, Cause.CAUSE_GATEWAY_LOST);
                observer.released(this, made.getFence().getCallId());
                conversations--;
            }
        });
    }

    private CallSummary wrapUp(Fence of, Cause cause) {
        CallSummary made = CallSummary.newBuilder().setFence(of).setCause(cause).build();
        summary = made;
        become(Phase.PHASE_WRAPPING);
        long mine = holds;
        var unused = time.after(WRAPPING_MS * 1_000_000, () -> {
            if (mine == holds && phase == Phase.PHASE_WRAPPING) {
                exit();
            }
        });
        return made;
    }

    private void free(boolean afterCall) {
        Fence held = fence;
        if (held == null) {
            return;
        }
        if (talk != null) {
            conversations--;
            observer.released(this, held.getCallId());
        }
        fence = null;
        summary = null;
        talk = null;
        if (!afterCall) {
            idle();
            return;
        }
        served++;
        become(Phase.PHASE_RESETTING);
        long mine = holds;
        var unused = time.after(network.between(5, 60), () -> {
            if (mine == holds && phase == Phase.PHASE_RESETTING) {
                generation++;
                idle();
            }
        });
    }

    private void idle() {
        become(terminating ? Phase.PHASE_RETIRING : Phase.PHASE_IDLE);
        if (terminating) {
            exit();
        }
    }

    private @Nullable PrepareResponse prepare(PrepareRequest request) {
        if (phase == Phase.PHASE_STARTING || phase == Phase.PHASE_IDLE) {
            hash = request.getHash();
            preparedAt = time.nanos() + network.between(200, 900);
            become(Phase.PHASE_PREPARING);
            var unused = time.after(preparedAt - time.nanos(), () -> {
                if (phase == Phase.PHASE_PREPARING) {
                    idle();
                }
            });
        }
        return phase == Phase.PHASE_PREPARING
                ? PrepareResponse.newBuilder().setPreparedHash(hash).build()
                : null;
    }

    private RetireResponse retire() {
        boolean yes = fence == null && phase != Phase.PHASE_RESETTING;
        if (yes && phase != Phase.PHASE_RETIRING) {
            become(Phase.PHASE_RETIRING);
            var unused = time.after(network.between(20, 100), this::exit);
        }
        return RetireResponse.newBuilder().setRetiring(yes).build();
    }

    // Its process.

    /** SIGTERM: no more calls; exits when the present one is over. */
    void terminate() {
        terminating = true;
        if (fence == null && !dead) {
            become(Phase.PHASE_RETIRING);
            exit();
        }
    }

    private void exit() {
        if (!dead) {
            kill();
            observer.exited(this);
        }
    }

    /** Gone at once, with the call that it holds. */
    void kill() {
        if (dead) {
            return;
        }
        dead = true;
        holds++;
        Talk by = talk;
        talk = null;
        if (fence != null && conversations > 0) {
            conversations = 0;
            observer.released(this, fence.getCallId());
        }
        if (by != null) {
            // A broken stream is seen at once; one that falls silent after 1.5 s.
            var unused = time.after(network.between(1, 1_500), () -> {
                if (by.there()) {
                    by.broken();
                }
            });
        }
        List.copyOf(wires).forEach(Wire::breakWatch);
    }

    private void become(Phase next) {
        phase = next;
        holds++;
        state = told();
        for (Wire wire : wires) {
            wire.tell(state);
        }
    }

    private WatchResponse told() {
        WatchResponse.Builder told = WatchResponse.newBuilder()
                .setPodUid(uid)
                .setPhase(acceptsTwice && fence != null ? Phase.PHASE_IDLE : phase)
                .setGeneration(generation)
                .setPreparedHash(hash)
                .setCallsServed(served);
        if (fence != null) {
            told.setFence(fence);
        }
        if (summary != null) {
            told.setUnreportedSummary(summary);
        }
        return told.build();
    }

    /** To a gateway that may have gone by the time it comes. */
    private void back(Talk by, Runnable news) {
        var unused = time.after(network.message(), () -> {
            if (by.there()) {
                news.run();
            }
        });
    }

    /** A gateway's connection. */
    final class Wire implements AgentConnection {
        private final SimulatedGateway.Process gateway;
        private @Nullable Watcher watcher;
        private int watch;
        private long lastDelivery;
        private boolean closed;

        private Wire(SimulatedGateway.Process gateway) {
            this.gateway = gateway;
        }

        @Override
        public void watch(WatchRequest request, Watcher fresh) {
            watcher = fresh;
            int mine = ++watch;
            // TCP, TLS and HTTP/2 take three round trips before the first answer.
            var unused = time.after(4 * network.message(), () -> {
                if (mine == watch && !closed) {
                    if (dead) {
                        breakWatch();
                    } else {
                        tell(state);
                    }
                }
            });
        }

        /** In order: a later message never comes before an earlier one. */
        private void tell(WatchResponse news) {
            Watcher to = watcher;
            int mine = watch;
            if (to != null && !closed) {
                lastDelivery = Math.max(lastDelivery, time.nanos() + network.state());
                gateway.later(lastDelivery - time.nanos(), () -> {
                    if (mine == watch && !closed) {
                        to.state(news);
                    }
                });
            }
        }

        void breakWatch() {
            Watcher to = watcher;
            if (to != null && !closed) {
                watcher = null;
                watch++;
                gateway.later(network.message(), () -> {
                    if (!closed) {
                        to.ended();
                    }
                });
            }
        }

        @Override
        public void prepare(PrepareRequest request, Duration deadline, Answer<PrepareResponse> answer) {
            exchange(deadline, answer, () -> Agent.this.prepare(request), () -> Math.max(0, preparedAt - time.nanos()));
        }

        @Override
        public Withdrawal offer(OfferRequest request, Duration deadline, Answer<OfferResponse> answer) {
            Withdrawal withdrawal = exchange(deadline, answer, () -> offered(request), () -> 0L);
            return () -> {
                withdrawal.withdraw();
                release(request.getFence());
            };
        }

        @Override
        public void release(Fence offered) {
            var unused = time.after(network.message(), () -> {
                if (!dead && phase == Phase.PHASE_OFFERED && offered.equals(fence)) {
                    free(false);
                }
            });
        }

        @Override
        public void retire(RetireRequest request, Duration deadline, Answer<RetireResponse> answer) {
            exchange(deadline, answer, Agent.this::retire, () -> 0L);
        }

        @Override
        public void acknowledge(
                AcknowledgeSummaryRequest request, Duration deadline, Answer<AcknowledgeSummaryResponse> answer) {
            exchange(
                    deadline,
                    answer,
                    () -> {
                        taken(request.getFence());
                        return AcknowledgeSummaryResponse.getDefaultInstance();
                    },
                    () -> 0L);
        }

        /** There and back; one answer, whatever becomes of the agent. */
        private <T extends Message> Withdrawal exchange(
                Duration deadline, Answer<T> answer, Supplier<@Nullable T> serving, Supplier<Long> takes) {
            boolean[] answered = new boolean[1];
            var late = gateway.loop().after(deadline, () -> {
                if (!answered[0]) {
                    answered[0] = true;
                    answer.came(null, Status.DEADLINE_EXCEEDED.asRuntimeException());
                }
            });
            var unused = time.after(network.message(), () -> {
                if (dead) {
                    return;
                }
                T response = serving.get();
                gateway.later(takes.get() + network.message(), () -> {
                    if (!answered[0]) {
                        answered[0] = true;
                        late.cancel(false);
                        answer.came(
                                response, response == null ? Status.FAILED_PRECONDITION.asRuntimeException() : null);
                    }
                });
            });
            return () -> {
                if (!answered[0]) {
                    answered[0] = true;
                    late.cancel(false);
                    gateway.later(0, () -> answer.came(null, Status.CANCELLED.asRuntimeException()));
                }
            };
        }

        @Override
        public AgentStub stub() {
            return NOWHERE;
        }

        @Override
        public void close() {
            closed = true;
            wires.remove(this);
            gateway.closed(this);
        }

        /** Its gateway is gone. */
        void abandon() {
            closed = true;
            wires.remove(this);
        }
    }
}
