package dev.dialplane.e2e.agents;

import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Opened;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** One agent of {@link SimulatedAgents}: the arbiter's rules, and nothing behind them. */
public final class SimulatedAgent {
    private final String name;
    private final String uid;
    private final String address;
    private final SimulatedAgents all;
    private final List<StreamObserver<WatchResponse>> watchers = new ArrayList<>();
    private Phase phase = Phase.PHASE_STARTING;
    private String preparedHash = "";
    private @Nullable Fence fence;
    private @Nullable CallSummary summary;
    private @Nullable ScheduledFuture<?> expiry;
    private long generation;
    private int served;

    SimulatedAgent(String name, String uid, String address, SimulatedAgents all) {
        this.name = name;
        this.uid = uid;
        this.address = address;
        this.all = all;
    }

    public String name() {
        return name;
    }

    public String uid() {
        return uid;
    }

    /** host:port. */
    public String address() {
        return address;
    }

    /** Prepared, and free. */
    public synchronized boolean isIdle() {
        return phase == Phase.PHASE_IDLE;
    }

    synchronized void watch(StreamObserver<WatchResponse> watcher) {
        watchers.add(watcher);
        watcher.onNext(state());
    }

    synchronized PrepareResponse prepare(PrepareRequest request) {
        preparedHash = request.getHash();
        if (phase == Phase.PHASE_STARTING) {
            become(Phase.PHASE_IDLE);
        } else {
            tell();
        }
        return PrepareResponse.newBuilder().setPreparedHash(preparedHash).build();
    }

    synchronized OfferResponse offer(OfferRequest request) {
        BusyReason reason = busyFor(request);
        if (reason != BusyReason.BUSY_REASON_UNSPECIFIED) {
            return OfferResponse.newBuilder().setBusyReason(reason).build();
        }
        if (!request.getFence().equals(fence)) {
            fence = request.getFence();
            all.accepted(this, request);
            become(Phase.PHASE_OFFERED);
            Fence offered = request.getFence();
            expiry = all.later(() -> expire(offered), request.getExpiresInMs());
        } else if (request.getKind() == OfferKind.OFFER_KIND_LIVE) {
            tell();
        }
        return OfferResponse.newBuilder()
                .setAccepted(true)
                .setGeneration(generation)
                .build();
    }

    private synchronized void expire(Fence offered) {
        if (phase == Phase.PHASE_OFFERED && offered.equals(fence)) {
            fence = null;
            become(Phase.PHASE_IDLE);
        }
    }

    private BusyReason busyFor(OfferRequest request) {
        if (!request.getPodUid().equals(uid)) {
            return BusyReason.BUSY_REASON_OTHER_POD;
        }
        if (request.getFence().equals(fence) && phase == Phase.PHASE_OFFERED) {
            return BusyReason.BUSY_REASON_UNSPECIFIED;
        }
        if (phase == Phase.PHASE_RETIRING) {
            return BusyReason.BUSY_REASON_RETIRING;
        }
        if (phase != Phase.PHASE_IDLE) {
            return BusyReason.BUSY_REASON_IN_CALL;
        }
        return request.getSpecHash().equals(preparedHash)
                ? BusyReason.BUSY_REASON_UNSPECIFIED
                : BusyReason.BUSY_REASON_OTHER_SPEC;
    }

    StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ConverseRequest request) {
                switch (request.getMessageCase()) {
                    case OPEN -> {
                        Fence opened = request.getOpen().getFence();
                        if (open(opened)) {
                            answer.onNext(ConverseResponse.newBuilder()
                                    .setOpened(Opened.newBuilder().setFence(opened))
                                    .build());
                        } else {
                            answer.onError(Status.FAILED_PRECONDITION
                                    .withDescription("not the offer that was accepted")
                                    .asRuntimeException());
                        }
                    }
                    case HANG_UP ->
                        answer.onNext(ConverseResponse.newBuilder()
                                .setSummary(wrapUp(request.getHangUp().getCause()))
                                .build());
                    case SUMMARY_TAKEN -> {
                        reset();
                        answer.onCompleted();
                    }
                    default -> {}
                }
            }

            @Override
            public void onError(Throwable error) {
                wrapUp(Cause.CAUSE_GATEWAY_LOST);
            }

            @Override
            public void onCompleted() {
                reset();
            }
        };
    }

    private synchronized boolean open(Fence opened) {
        if (!opened.equals(fence)) {
            return false;
        }
        if (expiry != null) {
            expiry.cancel(false);
            expiry = null;
        }
        all.conversing(this, opened.getCallId(), phase == Phase.PHASE_OFFERED);
        become(Phase.PHASE_ACTIVE);
        return true;
    }

    private synchronized CallSummary wrapUp(Cause cause) {
        CallSummary.Builder built = CallSummary.newBuilder().setCause(cause);
        if (fence != null) {
            built.setFence(fence);
        }
        CallSummary made = built.build();
        summary = made;
        become(Phase.PHASE_WRAPPING);
        return made;
    }

    synchronized void summaryTaken(Fence of) {
        if (of.equals(fence)) {
            reset();
        }
    }

    private synchronized void reset() {
        Fence held = fence;
        if (held == null) {
            return;
        }
        fence = null;
        summary = null;
        served++;
        generation++;
        all.released(this, held.getCallId());
        become(Phase.PHASE_IDLE);
    }

    synchronized RetireResponse retire() {
        if (fence != null) {
            return RetireResponse.newBuilder()
                    .setBusyReason(BusyReason.BUSY_REASON_IN_CALL)
                    .build();
        }
        become(Phase.PHASE_RETIRING);
        return RetireResponse.newBuilder().setRetiring(true).build();
    }

    private void become(Phase next) {
        phase = next;
        tell();
    }

    private void tell() {
        WatchResponse state = state();
        watchers.removeIf(watcher -> {
            try {
                watcher.onNext(state);
                return false;
            } catch (RuntimeException gone) {
                return true;
            }
        });
    }

    private WatchResponse state() {
        WatchResponse.Builder state = WatchResponse.newBuilder()
                .setPodUid(uid)
                .setPhase(phase)
                .setGeneration(generation)
                .setPreparedHash(preparedHash)
                .setCallsServed(served);
        if (fence != null) {
            state.setFence(fence);
        }
        if (summary != null) {
            state.setUnreportedSummary(summary);
        }
        return state.build();
    }
}
