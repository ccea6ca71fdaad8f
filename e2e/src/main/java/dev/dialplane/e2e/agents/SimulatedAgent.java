package dev.dialplane.e2e.agents;

import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.Heartbeat;
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
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One agent that is not there: the arbiter's rules, and nothing behind them but what its surroundings hear and say. */
public final class SimulatedAgent {
    /** Below the least silence that a gateway takes for a loss by far; ten thousand agents send it. */
    private static final long HEARTBEAT_MS = 20_000;
    /** After which an agent whose summary nobody takes leaves, to be replaced. */
    private static final long WRAPPING_MS = 60_000;

    private final String name;
    private final String uid;
    private final String address;
    private final Surroundings all;
    private final List<StreamObserver<WatchResponse>> watchers = new ArrayList<>();
    private Phase phase = Phase.PHASE_STARTING;
    private String preparedHash = "";
    private @Nullable Fence fence;
    private @Nullable CallSummary summary;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable StreamObserver<ConverseResponse> conversation;
    private long generation;
    private int served;
    private boolean told;
    private boolean gone;

    /** What an agent is surrounded by. Called with the agent's lock held: never to call back into an agent. */
    public interface Surroundings {
        /** Runs a task after so many milliseconds, without any agent's lock. */
        ScheduledFuture<?> later(Runnable task, long milliseconds);

        /** How long an answer to an offer takes, ms. */
        default long offerTakes() {
            return 0;
        }

        /** An offer was accepted. */
        void accepted(SimulatedAgent agent, OfferRequest offer);

        /**
         * A conversation opened.
         *
         * @param alone whether the agent held nothing but the offer
         */
        void conversing(SimulatedAgent agent, String callId, boolean alone);

        /** The agent holds the call no more. */
        void released(SimulatedAgent agent, String callId);

        /**
         * The stream of a call is open.
         *
         * @param mouth says something to the caller, from any thread, until the call is over
         */
        default void opened(String callId, Consumer<AudioOut> mouth) {}

        /** The caller's next frame of a call. */
        default void heard(String callId, AudioIn frame) {}

        /** The agent's process ends with status 0. */
        default void exits(SimulatedAgent agent) {}
    }

    /** An agent that waits for its first Prepare. */
    public SimulatedAgent(String name, String uid, String address, Surroundings all) {
        this.name = name;
        this.uid = uid;
        this.address = address;
        this.all = all;
    }

    /** The pod's name. */
    public String name() {
        return name;
    }

    /** The pod's UID. */
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
        if (gone) {
            watcher.onError(dead());
            return;
        }
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

    void offer(OfferRequest request, StreamObserver<OfferResponse> answer) {
        long takes = all.offerTakes();
        if (takes > 0) {
            var unused = all.later(() -> answerOffer(request, answer), takes);
        } else {
            answerOffer(request, answer);
        }
    }

    private void answerOffer(OfferRequest request, StreamObserver<OfferResponse> answer) {
        if (((ServerCallStreamObserver<OfferResponse>) answer).isCancelled()) {
            return;
        }
        OfferResponse response = offered(request);
        try {
            answer.onNext(response);
            answer.onCompleted();
        } catch (StatusRuntimeException | IllegalStateException e) {
            return; // whoever asked has given up: the offer expires
        }
    }

    private synchronized OfferResponse offered(OfferRequest request) {
        BusyReason reason = busyFor(request);
        if (reason != BusyReason.BUSY_REASON_UNSPECIFIED) {
            return OfferResponse.newBuilder().setBusyReason(reason).build();
        }
        if (!request.getFence().equals(fence)) {
            fence = request.getFence();
            all.accepted(this, request);
            become(Phase.PHASE_OFFERED);
            Fence offered = request.getFence();
            deadline = all.later(() -> release(offered), request.getExpiresInMs());
        } else if (request.getKind() == OfferKind.OFFER_KIND_LIVE) {
            tell();
        }
        return OfferResponse.newBuilder()
                .setAccepted(true)
                .setGeneration(generation)
                .build();
    }

    /** The offer expired, or was taken back. */
    synchronized void release(Fence offered) {
        if (phase == Phase.PHASE_OFFERED && offered.equals(fence)) {
            free(false);
        }
    }

    private BusyReason busyFor(OfferRequest request) {
        if (!request.getPodUid().equals(uid)) {
            return BusyReason.BUSY_REASON_OTHER_POD;
        }
        if (request.getFence().equals(fence) && phase == Phase.PHASE_OFFERED) {
            return BusyReason.BUSY_REASON_UNSPECIFIED;
        }
        if (phase == Phase.PHASE_RETIRING || told || gone) {
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
                    case AUDIO -> hear(request.getAudio());
                    case OPEN -> open(request.getOpen().getFence(), answer);
                    case HANG_UP -> hangUp(request.getHangUp().getCause(), answer);
                    case SUMMARY_TAKEN -> summaryTaken(answer);
                    default -> {}
                }
            }

            @Override
            public void onError(Throwable error) {
                broken(answer);
            }

            @Override
            public void onCompleted() {
                summaryTaken(answer);
            }
        };
    }

    private synchronized void open(Fence opened, StreamObserver<ConverseResponse> answer) {
        if (!opened.equals(fence) || gone) {
            answer.onError(Status.FAILED_PRECONDITION
                    .withDescription("not the offer that was accepted")
                    .asRuntimeException());
            return;
        }
        cancelDeadline();
        all.conversing(this, opened.getCallId(), phase == Phase.PHASE_OFFERED);
        conversation = answer;
        become(Phase.PHASE_ACTIVE);
        answer.onNext(ConverseResponse.newBuilder()
                .setOpened(Opened.newBuilder().setFence(opened))
                .build());
        var unused = all.later(() -> beat(answer), HEARTBEAT_MS);
        all.opened(opened.getCallId(), audio -> say(answer, audio));
    }

    private synchronized void hear(AudioIn frame) {
        if (fence != null) {
            all.heard(fence.getCallId(), frame);
        }
    }

    private synchronized void say(StreamObserver<ConverseResponse> answer, AudioOut audio) {
        if (conversation == answer) {
            answer.onNext(ConverseResponse.newBuilder().setAudio(audio).build());
        }
    }

    private synchronized void beat(StreamObserver<ConverseResponse> answer) {
        if (conversation == answer) {
            answer.onNext(ConverseResponse.newBuilder()
                    .setHeartbeat(Heartbeat.getDefaultInstance())
                    .build());
            var unused = all.later(() -> beat(answer), HEARTBEAT_MS);
        }
    }

    private synchronized void hangUp(Cause cause, StreamObserver<ConverseResponse> answer) {
        if (conversation == answer) {
            CallSummary made = wrapUp(cause);
            answer.onNext(ConverseResponse.newBuilder().setSummary(made).build());
        }
    }

    private synchronized void summaryTaken(StreamObserver<ConverseResponse> answer) {
        if (conversation == answer) {
            answer.onCompleted();
            free(true);
        }
    }

    /** The gateway is gone; whatever it did not take, another may. */
    private synchronized void broken(StreamObserver<ConverseResponse> answer) {
        if (conversation != answer) {
            return;
        }
        CallSummary waiting = summary != null ? summary : wrapUp(Cause.CAUSE_GATEWAY_LOST);
        conversation = null;
        // Nobody talks any more: what is left of the call is its summary.
        all.released(this, waiting.getFence().getCallId());
        Fence held = waiting.getFence();
        deadline = all.later(() -> leaveWith(held), WRAPPING_MS);
    }

    private synchronized void leaveWith(Fence held) {
        if (phase == Phase.PHASE_WRAPPING && held.equals(fence) && conversation == null) {
            all.exits(this);
        }
    }

    private CallSummary wrapUp(Cause cause) {
        CallSummary.Builder built = CallSummary.newBuilder().setCause(cause);
        if (fence != null) {
            built.setFence(fence);
        }
        CallSummary made = built.build();
        summary = made;
        become(Phase.PHASE_WRAPPING);
        return made;
    }

    /** A gateway that did not hold the call has taken its summary. */
    synchronized void summaryTaken(Fence of) {
        if (of.equals(fence) && conversation == null && phase == Phase.PHASE_WRAPPING) {
            free(true);
        }
    }

    private void free(boolean afterCall) {
        Fence held = fence;
        if (held == null) {
            return;
        }
        cancelDeadline();
        boolean talked = conversation != null;
        fence = null;
        summary = null;
        conversation = null;
        if (afterCall) {
            served++;
            generation++;
        }
        if (talked || !afterCall) {
            all.released(this, held.getCallId());
        }
        if (told) {
            become(Phase.PHASE_RETIRING);
            all.exits(this);
        } else {
            become(Phase.PHASE_IDLE);
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    synchronized RetireResponse retire() {
        if (fence != null) {
            return RetireResponse.newBuilder()
                    .setBusyReason(BusyReason.BUSY_REASON_IN_CALL)
                    .build();
        }
        become(Phase.PHASE_RETIRING);
        all.exits(this);
        return RetireResponse.newBuilder().setRetiring(true).build();
    }

    /** SIGTERM: no more calls; exits when the present one is over. */
    public synchronized void terminate() {
        told = true;
        if (fence == null) {
            become(Phase.PHASE_RETIRING);
            all.exits(this);
        }
    }

    /** SIGKILL, or its node is gone: every stream breaks. */
    public synchronized void kill() {
        if (gone) {
            return;
        }
        gone = true;
        cancelDeadline();
        StreamObserver<ConverseResponse> talking = conversation;
        conversation = null;
        if (fence != null) {
            all.released(this, fence.getCallId());
            fence = null;
        }
        watchers.forEach(SimulatedAgent::breakOff);
        watchers.clear();
        if (talking != null) {
            breakOff(talking);
        }
    }

    private static void breakOff(StreamObserver<?> stream) {
        try {
            stream.onError(dead());
        } catch (RuntimeException e) {
            return; // it had ended already
        }
    }

    private static StatusRuntimeException dead() {
        return Status.UNAVAILABLE.withDescription("the agent is dead").asRuntimeException();
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
            } catch (RuntimeException left) {
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
