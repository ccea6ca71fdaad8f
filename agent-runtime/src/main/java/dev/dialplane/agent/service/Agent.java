package dev.dialplane.agent.service;

import dev.dialplane.agent.call.Call;
import dev.dialplane.agent.call.Prepared;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.life.Event;
import dev.dialplane.agent.life.Life;
import dev.dialplane.agent.life.State;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.offer.Attempts;
import dev.dialplane.agent.offer.CallFence;
import dev.dialplane.agent.offer.Offers;
import dev.dialplane.agent.offer.Offers.Business;
import dev.dialplane.agent.offer.Verdict;
import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.agent.v1.PrepareRequest;
import dev.dialplane.contracts.agent.v1.PrepareResponse;
import dev.dialplane.contracts.agent.v1.RetireRequest;
import dev.dialplane.contracts.agent.v1.RetireResponse;
import dev.dialplane.contracts.agent.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One agent: lives the life that {@link Life} describes, and carries out what each of its states asks for. Everything here
 * runs on the loop.
 */
public final class Agent {
    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final int MOST_REMEMBERED_REFUSALS = 64;

    private final Loop loop;
    private final Models models;
    private final String podUid;
    private final String revision;
    private final Consumer<State.Gone> exit;
    private final Watchers watchers = new Watchers(this::state);
    private final Attempts attempts = new Attempts();
    private final List<ConverseStream> streams = new ArrayList<>();
    private final Set<String> refusals = new LinkedHashSet<>();
    private final Reset reset;

    private Life life = Life.begin();
    private Loop.@Nullable Timer deadline;
    private @Nullable Preparation preparation;
    private @Nullable Prepared prepared;
    private @Nullable OfferRequest held;
    private @Nullable Call call;
    private @Nullable CallSummary summary;
    private String prepareError = "";
    private long generation = 1;
    private int served;

    /** An agent that was never prepared. {@code exit} ends the process; it is called once. */
    public Agent(Loop loop, Models models, String podUid, String revision, Consumer<State.Gone> exit) {
        this.loop = loop;
        this.models = models;
        this.podUid = podUid;
        this.revision = revision;
        this.exit = exit;
        reset = new Reset(loop, models, streams::size);
        armDeadline();
    }

    /** Where it is in its life. */
    public State phase() {
        return life.state();
    }

    void watch(ServerCallStreamObserver<WatchResponse> stream) {
        watchers.add(stream);
    }

    void prepare(PrepareRequest request, StreamObserver<PrepareResponse> gateway) {
        Optional<String> fault = Preparation.fault(request);
        if (fault.isPresent()) {
            prepareError = fault.get();
            watchers.changed();
            gateway.onError(Status.INVALID_ARGUMENT.withDescription(fault.get()).asRuntimeException());
            return;
        }
        Preparation current = preparation;
        if (prepared != null && prepared.hash().equals(request.getHash())) {
            Preparation.answer(gateway, request.getHash(), 0);
        } else if (current != null && current.hash().equals(request.getHash())) {
            current.join(gateway);
        } else if (life.state() instanceof State.Starting || life.state() instanceof State.Idle) {
            on(new Event.PrepareAsked(request.getHash()));
            Preparation begun = new Preparation(loop, models, request, this::prepared);
            preparation = begun;
            begun.join(gateway);
        } else {
            gateway.onError(Status.FAILED_PRECONDITION
                    .withDescription("the agent is " + phaseOf(life.state()) + ", it can be prepared while IDLE")
                    .asRuntimeException());
        }
    }

    private void prepared(@Nullable Prepared result, Status status) {
        preparation = null;
        if (result != null) {
            prepared = result;
            prepareError = "";
            reset.forgetBaseline();
            on(new Event.Prepared());
        } else {
            prepareError = status.getCode() + ": " + status.getDescription();
            LOG.log(Level.WARNING, "cannot be prepared: {0}", prepareError);
            on(new Event.PrepareFailed());
        }
    }

    OfferResponse offer(OfferRequest offer) {
        Verdict verdict = Offers.judge(
                new Offers.Situation(
                        business(),
                        podUid,
                        prepared == null ? "" : prepared.hash(),
                        held,
                        attempts.highest(offer.getFence().getCallId())),
                offer);
        CallFence fence = CallFence.of(offer.getFence());
        switch (verdict) {
            case Verdict.Accepted() -> {
                attempts.saw(fence);
                held = offer;
                LOG.log(Level.INFO, "call {0}: accepted, {1}", fence, offer.getKind());
                on(new Event.OfferAccepted(fence));
                armOffer(offer);
            }
            case Verdict.AcceptedAgain() -> {
                held = held == null ? offer : Offers.merged(held, offer);
                if (life.state() instanceof State.Offered) {
                    armOffer(offer);
                }
            }
            case Verdict.TakesOver() -> {
                attempts.saw(fence);
                takeOver(offer, fence);
            }
            case Verdict.Refused(BusyReason reason, String detail) -> {
                logOnce(fence + " " + reason, "call " + fence + ": refused, " + reason + ": " + detail);
                return OfferResponse.newBuilder()
                        .setBusyReason(reason)
                        .setDetail(detail)
                        .setGeneration(generation)
                        .build();
            }
        }
        return OfferResponse.newBuilder()
                .setAccepted(true)
                .setGeneration(generation)
                .build();
    }

    /** Nobody will take up what was offered with this fence. A call that has begun goes on. */
    void release(CallFence fence) {
        attempts.released(fence);
        Life before = life;
        on(new Event.OfferReleased(fence));
        if (!life.equals(before)) {
            LOG.log(Level.INFO, "call {0}: the offer was taken back", fence);
        }
        if (call != null && life.state() instanceof State.Active(CallFence active) && active.equals(fence)) {
            call.released();
        }
    }

    private void takeOver(OfferRequest offer, CallFence fence) {
        LOG.log(Level.INFO, "call {0}: goes on under a higher attempt", fence);
        held = offer;
        for (ConverseStream stream : List.copyOf(streams)) {
            stream.refuse("a higher attempt took the call over");
        }
        if (call != null) {
            call.overtaken(offer);
        }
        on(new Event.OfferAccepted(fence));
    }

    /** A stream's first message. Returns the call that it carries; null if it was refused, and why is told to it. */
    @Nullable
    Call open(ConverseStream stream, CallFence fence, String streamPodUid) {
        if (!streamPodUid.equals(podUid)) {
            refuse(stream, fence, "pod_uid is '" + streamPodUid + "', this pod's is '" + podUid + "'");
            return null;
        }
        OfferRequest offer = held;
        if (offer == null || !CallFence.of(offer.getFence()).equals(fence)) {
            refuse(stream, fence, offer == null ? "no such call" : "the agent holds another fence");
            return null;
        }
        return switch (life.state()) {
            case State.Offered _ -> begin(stream, offer);
            case State.Active _ -> {
                Call current = call;
                // The newest stream counts: a gateway that lost its connection may know before the agent does.
                streams.stream()
                        .filter(other -> other != stream)
                        .toList()
                        .forEach(other -> other.refuse("another stream"));
                if (current != null) {
                    current.attach(stream.responses(), generation);
                }
                yield current;
            }
            case State.Wrapping _ -> {
                CallSummary waiting = summary;
                if (waiting != null) {
                    stream.wrapUp(fence, generation, waiting);
                }
                yield null;
            }
            default -> {
                refuse(stream, fence, "the agent is " + phaseOf(life.state()));
                yield null;
            }
        };
    }

    private @Nullable Call begin(ConverseStream stream, OfferRequest offer) {
        Prepared current = prepared;
        if (current == null || !offer.hasFormatIn() || !offer.hasFormatOut()) {
            refuse(
                    stream,
                    CallFence.of(offer.getFence()),
                    "the reservation has not gone live: no formats were offered");
            return null;
        }
        Call begun = new Call(loop, models, current, offer, this::callOver);
        call = begun;
        served++;
        on(new Event.ConverseBegan(CallFence.of(offer.getFence())));
        begun.attach(stream.responses(), generation);
        return begun;
    }

    private void refuse(ConverseStream stream, CallFence fence, String why) {
        logOnce(fence + " stream", "call " + fence + ": stream refused: " + why);
        stream.refuse(why);
    }

    private void callOver(CallSummary result) {
        summary = result;
        on(new Event.CallEnded());
    }

    void streamOpened(ConverseStream stream) {
        streams.add(stream);
    }

    void streamClosed(ConverseStream stream) {
        streams.remove(stream);
    }

    /** A gateway has the summary of this fence; false if the agent holds another one. */
    boolean summaryTaken(CallFence fence) {
        if (life.state() instanceof State.Wrapping(CallFence wrapping) && wrapping.equals(fence)) {
            on(new Event.SummaryTaken(fence));
            return true;
        }
        return false;
    }

    RetireResponse retire(RetireRequest request) {
        BusyReason refusal = switch (life.state()) {
            case State.Starting _, State.Preparing _, State.Idle _, State.Retiring _, State.Gone _ ->
                BusyReason.BUSY_REASON_UNSPECIFIED;
            case State.Offered _, State.Active _, State.Wrapping _, State.Resetting _ -> BusyReason.BUSY_REASON_IN_CALL;
        };
        if (!request.getPodUid().equals(podUid)) {
            refusal = BusyReason.BUSY_REASON_OTHER_POD;
        }
        if (refusal == BusyReason.BUSY_REASON_UNSPECIFIED) {
            LOG.log(Level.INFO, "retires: {0}", request.getReason());
            on(new Event.RetireAsked());
            return RetireResponse.newBuilder().setRetiring(true).build();
        }
        return RetireResponse.newBuilder().setBusyReason(refusal).build();
    }

    /** The process was told to end. */
    public void terminate() {
        LOG.log(Level.INFO, life.bound() ? "told to end, waits for its call" : "told to end");
        on(new Event.Terminated());
    }

    /** A task of the loop failed: whose state is it? The call's, if there is one. */
    public void taskFailed() {
        if (call != null && life.state() instanceof State.Active) {
            call.fail();
        }
    }

    private void on(Event event) {
        Life before = life;
        life = before.on(event);
        if (life.equals(before)) {
            return;
        }
        if (!life.state().equals(before.state())) {
            armDeadline();
            entered(life.state());
        }
        watchers.changed();
    }

    private void entered(State state) {
        switch (state) {
            case State.Idle _ -> held = null;
            case State.Resetting _ -> resetCall();
            case State.Retiring _ -> {
                if (preparation != null) {
                    preparation.cancel(Status.UNAVAILABLE.withDescription("the agent retires"));
                    preparation = null;
                }
            }
            case State.Gone gone -> {
                watchers.complete();
                exit.accept(gone);
            }
            case State.Starting _, State.Preparing _, State.Offered _, State.Active _, State.Wrapping _ -> {}
        }
    }

    private void resetCall() {
        Call last = call;
        if (last == null) {
            throw new IllegalStateException("resets without a call");
        }
        last.close();
        WeakReference<Call> gone = new WeakReference<>(last);
        call = null;
        summary = null;
        held = null;
        generation++;
        List.copyOf(streams).forEach(ConverseStream::letGo);
        // The deadline of this state is the only timer that is not the call's.
        loop.execute(() ->
                reset.check(gone, 1, left -> on(left.isEmpty() ? new Event.ResetClean() : new Event.ResetDirty(left))));
    }

    private void armOffer(OfferRequest offer) {
        stopDeadline();
        deadline = loop.after(offer.getExpiresInMs() * 1_000_000L, () -> {
            LOG.log(Level.INFO, "call {0}: the offer expired", CallFence.of(offer.getFence()));
            deadline = null;
            on(new Event.DeadlinePassed());
        });
    }

    private void armDeadline() {
        stopDeadline();
        Optional<Duration> limit = Life.deadline(life.state());
        if (limit.isPresent()) {
            deadline = loop.after(limit.get().toNanos(), () -> {
                deadline = null;
                on(new Event.DeadlinePassed());
            });
        }
    }

    private void stopDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    private Business business() {
        return switch (life.state()) {
            case State.Starting _, State.Preparing _ -> Business.PREPARING;
            case State.Idle _ -> Business.IDLE;
            case State.Offered _ -> Business.OFFERED;
            case State.Active _ -> Business.IN_CALL;
            case State.Wrapping _, State.Resetting _ -> Business.CLEANING_UP;
            case State.Retiring _, State.Gone _ -> Business.RETIRING;
        };
    }

    private WatchResponse state() {
        WatchResponse.Builder response = WatchResponse.newBuilder()
                .setPodUid(podUid)
                .setPhase(phaseOf(life.state()))
                .setGeneration(generation)
                .setPreparedHash(prepared == null ? "" : prepared.hash())
                .setRevision(revision)
                .setCallsServed(served)
                .setPrepareError(prepareError);
        if (held != null) {
            response.setFence(held.getFence());
        }
        if (summary != null) {
            response.setUnreportedSummary(summary);
        }
        return response.build();
    }

    private static Phase phaseOf(State state) {
        return switch (state) {
            case State.Starting _ -> Phase.PHASE_STARTING;
            case State.Preparing _ -> Phase.PHASE_PREPARING;
            case State.Idle _ -> Phase.PHASE_IDLE;
            case State.Offered _ -> Phase.PHASE_OFFERED;
            case State.Active _ -> Phase.PHASE_ACTIVE;
            case State.Wrapping _ -> Phase.PHASE_WRAPPING;
            case State.Resetting _ -> Phase.PHASE_RESETTING;
            case State.Retiring _, State.Gone _ -> Phase.PHASE_RETIRING;
        };
    }

    private void logOnce(String key, String message) {
        if (refusals.add(key)) {
            LOG.log(Level.WARNING, message);
            if (refusals.size() > MOST_REMEMBERED_REFUSALS) {
                refusals.remove(refusals.iterator().next());
            }
        }
    }
}
