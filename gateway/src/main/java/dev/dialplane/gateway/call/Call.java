package dev.dialplane.gateway.call;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.AudioKind;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.Dtmf;
import dev.dialplane.contracts.agent.v1.HangUp;
import dev.dialplane.contracts.agent.v1.RecordingState;
import dev.dialplane.contracts.agent.v1.SendDtmf;
import dev.dialplane.contracts.agent.v1.Transfer;
import dev.dialplane.contracts.agent.v1.TransferProgress;
import dev.dialplane.contracts.agent.v1.TransferState;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.binding.BindRequest;
import dev.dialplane.gateway.carrier.CarrierLine;
import dev.dialplane.gateway.carrier.Dialect;
import dev.dialplane.gateway.carrier.MarkName;
import dev.dialplane.gateway.carrier.NextStep;
import dev.dialplane.gateway.playout.Heard;
import dev.dialplane.gateway.playout.PlayoutClock;
import dev.dialplane.gateway.playout.PlayoutShape;
import dev.dialplane.gateway.recording.WireFormat;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One call: the carrier's line on one side, the agent's on the other.
 *
 * <p>All of it belongs to the thread of the carrier's socket, its home: nothing here is locked. Every deadline is looked at
 * when the clock ticks, so that a call has no timers of its own; when it has ended it is neither ticked nor known any more.
 */
public final class Call implements Wire.Listener, PlayoutClock.Ticking, AgentLine.Ear {
    private static final Logger LOG = Logger.getLogger(Call.class);
    private static final int MAX_AGENTS_TRIED = 3;

    /** Deadlines of a call in which nothing happens are looked at this often. */
    private static final long LONGEST_REST_NANOS = 100_000_000;

    private static final Duration STREAM_END_WAIT = Duration.ofSeconds(3);

    private enum State {
        /** Looks for an agent, the first or another one. */
        BINDING,
        /** One has accepted; its stream opens. */
        OPENING,
        TALKING,
        /** Plays to its end what is to be heard, then closes the carrier's line. */
        LEAVING,
        /** The carrier's side is gone; the summary is to come. */
        WRAPPING,
        /** The end is being written down. */
        REPORTING,
        /** The agent's stream is to complete. */
        DRAINING,
        ENDED
    }

    private final CallDesk desk;
    private final CallIdentity identity;
    private final EventLoop home;
    private final BindRequest request;
    private final CallRecording recording;
    private final Wire wire;
    private final CallReport report;
    private final ReplyTimes replies = new ReplyTimes();
    private final Failover failover;
    private final Ending ending = new Ending();

    private State state = State.BINDING;
    private long stateUntil;
    /** Until then nothing is due unless something comes. */
    private long restsUntil;

    private @Nullable CompletableFuture<BindOutcome> binding;
    private final Standby standby = new Standby();
    private @Nullable AgentLine agent;
    /** The agent that holds the call, or held it last; null before one answers. */
    private BindOutcome.@Nullable Bound holder;

    private @Nullable Fence answeredAs;
    private int agentsTried;
    private int nextAttempt;
    private final long begunAt;
    private long agentHeardAt;

    private @Nullable Departure departure;
    private boolean agentLost;

    /**
     * A call whose media is there. To be made on {@code home}.
     *
     * @param request how an agent is to be asked
     * @param home the event loop of the carrier's socket
     * @param shape how the agent's audio is played
     * @param coding of the call's audio, both ways
     */
    public Call(
            CallDesk desk,
            CallIdentity identity,
            CarrierLine line,
            EventLoop home,
            BindRequest request,
            PlayoutShape shape,
            Dialect.Coding coding) {
        this.desk = desk;
        this.identity = identity;
        this.home = home;
        this.request = request;
        failover = new Failover(shape.sampleRate() * shape.bytesPerSample());
        nextAttempt = request.attempt();
        report = new CallReport(identity, desk.records());
        begunAt = System.nanoTime();
        recording = new CallRecording(
                desk.recordings(),
                identity,
                new WireFormat(coding.sampleRate(), coding.samples()),
                this::mediaNow,
                report::data);
        wire = new Wire(line, shape, coding, identity.callId().hashCode(), recording, begunAt, this);
        agentHeardAt = begunAt;
    }

    private long mediaNow() {
        return wire.ingress().mediaTime(System.nanoTime());
    }

    /** Its id. */
    public String callId() {
        return identity.callId();
    }

    /** Looks for an agent. */
    public void begin() {
        desk.add(this);
        desk.clock().add(home, this);
        find();
    }

    /**
     * Goes on with an agent that was reserved; looks for another one if it no longer holds the call.
     *
     * @param declinedBy the pods of agents that should have taken the reservation, and did not
     */
    public void begin(CompletableFuture<BindOutcome.@Nullable Bound> reserved, List<String> declinedBy) {
        report.declined(declinedBy);
        desk.add(this);
        desk.clock().add(home, this);
        reserved.whenCompleteAsync(
                (bound, failure) -> {
                    if (state != State.BINDING) {
                        if (bound != null) {
                            desk.binder().release(bound);
                        }
                        return;
                    }
                    if (bound != null) {
                        open(bound);
                    } else {
                        nextAttempt++;
                        find();
                    }
                },
                home);
    }

    private void find() {
        enter(State.BINDING);
        BindRequest again = request.again(nextAttempt, standby.checkpoint());
        CompletableFuture<BindOutcome> search = desk.binder().bind(again);
        binding = search;
        search.whenCompleteAsync((outcome, failure) -> found(outcome), home);
    }

    private void found(@Nullable BindOutcome outcome) {
        if (state != State.BINDING) {
            return;
        }
        binding = null;
        switch (outcome) {
            case BindOutcome.Bound bound -> open(bound);
            case BindOutcome.Refused refused when holder != null -> apologize("no other agent: " + refused.detail());
            case BindOutcome.Conflict conflict when holder != null -> apologize(conflict.detail());
            case BindOutcome.Refused refused -> {
                LOG.infof("call %s: refused: %s, %s", callId(), refused.cause(), refused.detail());
                wire.close(NextStep.HANG_UP);
                report.declined(refused.declinedBy());
                refuse(refused.cause(), refused.detail(), refused.waitedMs());
            }
            case BindOutcome.Conflict conflict -> {
                LOG.warnf("call %s: refused: %s", callId(), conflict.detail());
                wire.close(NextStep.HANG_UP);
                refuse(Cause.CAUSE_CARRIER_ERROR, conflict.detail(), 0);
            }
            case null -> {}
        }
    }

    private void open(BindOutcome.Bound bound) {
        agentsTried++;
        report.declined(bound.declinedBy());
        nextAttempt = bound.fence().getAttempt() + 1;
        LOG.infof(
                "call %s: agent %s, attempt %d",
                callId(), bound.podName(), bound.fence().getAttempt());
        AgentLine fresh = new AgentLine(home, this, bound, wire.newestGeneration());
        agent = fresh;
        enter(State.OPENING, desk.settings().openTimeout());
        agentHeardAt = System.nanoTime();
        fresh.open();
    }

    private void enter(State state, Duration atMost) {
        enter(state);
        stateUntil = System.nanoTime() + atMost.toNanos();
    }

    private void enter(State state) {
        this.state = state;
        stateUntil = Long.MAX_VALUE;
        stir();
    }

    /** Something came that may be due before the call meant to rest until. */
    private void stir() {
        if (restsUntil != 0) {
            restsUntil = 0;
            desk.clock().soon(home);
        }
    }

    // From the carrier, on the home thread.

    /** Audio of the caller; the payload is given away. */
    public void media(long now, long chunk, long timestamp, byte[] payload) {
        if (!wire.gone()) {
            wire.ingress().media(now, chunk, timestamp, payload);
            if (wire.ingress().due() < restsUntil) {
                stir();
            }
        }
    }

    /** The caller pressed a key. */
    public void dtmf(long now, String digit) {
        if (wire.gone() || wire.echoes(now, digit)) {
            return;
        }
        ConverseRequest key = ConverseRequest.newBuilder()
                .setDtmf(Dtmf.newBuilder()
                        .setDigit(digit)
                        .setMediaTimeMs(wire.ingress().mediaTime(now)))
                .build();
        standby.keep(key, holder != null);
        send(key);
    }

    /** A mark came back. */
    public void mark(long now, MarkName mark) {
        wire.acknowledged(now, mark);
    }

    /** The carrier's side is gone. */
    public void hungUp(Cause why) {
        if (!wire.gone()) {
            carrierGone(why);
        }
    }

    /** Somebody ordered the end. Callable from anywhere. */
    void order(boolean polite, Cause why) {
        home.execute(() -> {
            if (wire.gone() || state == State.LEAVING) {
                return;
            }
            if (polite && state == State.TALKING) {
                ending.because(why);
                Objects.requireNonNull(agent).hangUp(why, true);
                stateUntil = System.nanoTime() + desk.settings().politeWait().toNanos();
                stir();
            } else {
                wire.close(NextStep.HANG_UP);
                carrierGone(why);
            }
        });
    }

    private void carrierGone(Cause why) {
        wire.isGone();
        ending.because(why);
        switch (state) {
            case BINDING, OPENING -> {
                if (binding != null) {
                    binding.cancel(false);
                }
                if (agent != null) {
                    agent.hangUp(why, false);
                    agent.cancel("the caller is gone");
                }
                if (holder != null) {
                    reportEnd();
                    return;
                }
                refuse(Cause.CAUSE_ABANDONED, "gone before an agent answered", waitedMs());
            }
            case TALKING, LEAVING -> {
                if (agent == null || agentLost || ending.summary() != null) {
                    reportEnd();
                } else {
                    agent.hangUp(ending.causeOr(why), false);
                    enter(State.WRAPPING, desk.settings().summaryWait());
                }
            }
            case WRAPPING, REPORTING, DRAINING, ENDED -> {}
        }
    }

    private void refuse(Cause why, String detail, long waitedMs) {
        desk.events().happened(report.refused(nextAttempt, desk.time().millis(), why, detail, waitedMs));
        desk.metrics().refused(why);
        end();
    }

    private long waitedMs() {
        return (System.nanoTime() - begunAt) / 1_000_000;
    }

    // From the agent, on the home thread.

    @Override
    public void agentSaid(AgentLine from, ConverseResponse message) {
        if (from != agent || state == State.ENDED) {
            return;
        }
        long now = System.nanoTime();
        agentHeardAt = now;
        switch (message.getMessageCase()) {
            case AUDIO -> audio(now, from, message.getAudio());
            case CLEAR -> wire.clear(now, from.inCall(message.getClear().getGeneration()));
            case OPENED -> opened(now, from);
            case HANG_UP -> hangUpWanted(now, from, message.getHangUp());
            case TRANSFER -> transferWanted(from, message.getTransfer());
            case STANDBY_CLIPS -> standby.clips(message.getStandbyClips());
            case CHECKPOINT -> standby.checkpoint(message.getCheckpoint());
            case TURN_EVENT -> turnEvent(now, message.getTurnEvent());
            case SUMMARY -> summarized(message.getSummary(), false);
            case RECORDING_CONTROL ->
                recording.control(
                        message.getRecordingControl(),
                        () -> desk.binder().pool(from.bound().pool()),
                        home,
                        this::tellRecording);
            case SEND_DTMF -> dial(now, from, message.getSendDtmf());
            case PAUSE, RESUME ->
                LOG.warnf(
                        "call %s: the agent asks for %s, which this carrier cannot do",
                        callId(), message.getMessageCase());
            case HEARTBEAT, MESSAGE_NOT_SET -> {}
        }
    }

    private void tellRecording() {
        send(ConverseRequest.newBuilder()
                .setRecordingState(RecordingState.newBuilder().setOn(recording.on()))
                .build());
    }

    private void opened(long now, AgentLine from) {
        if (state != State.OPENING) {
            return;
        }
        enter(State.TALKING);
        BindOutcome.Bound bound = from.bound();
        desk.binder().count(bound.pool(), 0, 1, 0);
        if (holder == null) {
            answeredAs = bound.fence();
            desk.metrics().bound(now - begunAt);
            desk.metrics().answered(identity.carrier());
            desk.liveCalls().add(bound.fence(), identity.pool(), bound.podUid());
            desk.events().answered(report.answered(bound, desk.time().millis()));
        } else {
            wire.clear(now);
            desk.binder().count(holder.pool(), 0, -1, 0);
            desk.metrics().movedOn(failover.over(now));
            desk.liveCalls().moved(bound.fence(), bound.podUid());
            desk.events()
                    .happened(report.moved(bound, failover.count(), desk.time().millis()));
        }
        holder = bound;
        standby.replayTo(from);
    }

    private void audio(long now, AgentLine from, AudioOut audio) {
        wire.play(now, from.inCall(audio.getGeneration()), audio);
        stir();
    }

    private void dial(long now, AgentLine from, SendDtmf wanted) {
        boolean sends = state == State.TALKING && wire.dial(now, from.inCall(wanted.getGeneration()), wanted);
        int length = wanted.getDigits().length();
        LOG.infof("call %s: %s %d digits", callId(), sends ? "sends" : "does not send", length);
        stir();
    }

    private void hangUpWanted(long now, AgentLine from, HangUp wanted) {
        if (state == State.TALKING) {
            ending.becauseAgentSays(wanted.getCause());
            leave(
                    NextStep.HANG_UP,
                    from.inCall(wanted.getGeneration()),
                    wanted.getAfterSample(),
                    wanted.getMaxWaitMs());
            look(now);
        }
    }

    private void transferWanted(AgentLine from, Transfer wanted) {
        if (state != State.TALKING) {
            return;
        }
        if (!request.terms().carrier().getTransfer()) {
            progress(TransferState.TRANSFER_STATE_FAILED, "this carrier cannot put a call through");
            return;
        }
        desk.binder()
                .pool(from.bound().pool())
                .thenAcceptAsync(
                        pool -> {
                            if (state != State.TALKING || from != agent) {
                                return;
                            }
                            String number = pool == null
                                    ? ""
                                    : pool.getSpec().getTransferTargetsList().stream()
                                            .filter(t -> t.getName().equals(wanted.getTarget()))
                                            .map(TransferTarget::getTo)
                                            .findFirst()
                                            .orElse("");
                            if (number.isEmpty()) {
                                progress(
                                        TransferState.TRANSFER_STATE_FAILED,
                                        "the pool has no transfer target of the name " + wanted.getTarget());
                                return;
                            }
                            progress(TransferState.TRANSFER_STATE_DIALING, "");
                            ending.transferred();
                            leave(
                                    new NextStep.Dial(number),
                                    from.inCall(wanted.getGeneration()),
                                    wanted.getAfterSample(),
                                    wanted.getMaxWaitMs());
                        },
                        home);
    }

    private void progress(TransferState state, String detail) {
        send(ConverseRequest.newBuilder()
                .setTransferProgress(
                        TransferProgress.newBuilder().setState(state).setDetail(detail))
                .build());
    }

    private void leave(NextStep step, long generation, long sample, long maxWaitMs) {
        departure = new Departure(step, generation, sample);
        enter(State.LEAVING, Departure.atMost(maxWaitMs));
    }

    private void turnEvent(long now, TurnEvent event) {
        switch (event.getEventCase()) {
            case CALLER_TURN ->
                replies.callerSpokeUntil(
                        event.getCallerTurn().getIndex(),
                        wire.ingress().spokenAt(event.getCallerTurn().getEndMs()));
            case AGENT_SPEECH_STARTED ->
                replies.replyBegins(event.getAgentSpeechStarted().getAnswersTurn(), now);
            case AGENT_TURN, INTERRUPTED, PARTIAL_TRANSCRIPT, CALLER_SPEECH, EVENT_NOT_SET -> {}
        }
        report.happened(event, replies, desk.time().millis());
    }

    private void summarized(CallSummary fromAgent, boolean byWatch) {
        if (ending.summary() != null || state == State.REPORTING || state == State.DRAINING) {
            return;
        }
        ending.summarized(fromAgent, byWatch);
        switch (state) {
            case WRAPPING -> reportEnd();
            case TALKING -> {
                // The call is over for the agent: what it said is still heard.
                leave(NextStep.HANG_UP, wire.newestGeneration(), Departure.ALL, 0);
            }
            case LEAVING, BINDING, OPENING, REPORTING, DRAINING, ENDED -> {}
        }
    }

    /** The summary of a call whose stream broke, or is about to be seen to have broken. Callable from anywhere. */
    void summaryByWatch(String podUid, CallSummary waiting) {
        home.execute(() -> {
            if (agent != null
                    && agent.bound().podUid().equals(podUid)
                    && agent.bound().fence().equals(waiting.getFence())) {
                ending.waits(waiting);
                takeWaitingSummary();
            } else {
                desk.dropIfGivenUp(podUid, waiting);
            }
        });
    }

    private void takeWaitingSummary() {
        CallSummary waiting = ending.waiting();
        if (waiting != null && state == State.WRAPPING && agent != null && agent.over()) {
            summarized(waiting, true);
        }
    }

    @Override
    public void agentLeft(AgentLine from, Status status) {
        if (from != agent) {
            return;
        }
        switch (state) {
            case OPENING -> anotherAgent(status.toString());
            case TALKING -> {
                if (ending.summary() == null) {
                    lost(status.toString());
                }
            }
            // What was said is heard to its end.
            case LEAVING -> agentLost = true;
            case DRAINING -> end();
            // The summary may come by the watch yet, or has come.
            case WRAPPING -> takeWaitingSummary();
            case REPORTING, BINDING, ENDED -> {}
        }
    }

    private void anotherAgent(String why) {
        LOG.warnf("call %s: its agent did not open the stream: %s", callId(), why);
        AgentLine failed = agent;
        agent = null;
        if (failed != null) {
            report.declined(List.of(failed.bound().podUid()));
            failed.cancel("another agent takes the call");
            // It may only be slow, and on a machine that is too busy all of them are: it is wanted again.
            giveUp(failed.bound());
            desk.binder().release(failed.bound());
        }
        if (agentsTried < MAX_AGENTS_TRIED) {
            find();
        } else if (holder != null) {
            apologize("agents accepted and did not open the stream");
        } else {
            wire.close(NextStep.HANG_UP);
            refuse(Cause.CAUSE_NO_AGENT, "agents accepted and did not open the stream", waitedMs());
        }
    }

    /** Another agent goes on where this one was; unless the call was to end anyway, or has lost too many. */
    private void lost(String why) {
        LOG.warnf("call %s: its agent is lost: %s", callId(), why);
        long now = System.nanoTime();
        Objects.requireNonNull(agent).cancel("lost");
        wire.clear(now);
        wire.nextGeneration();
        if (ending.begun() || !failover.mayFollow()) {
            apologize("it was not the first, or the call was ending");
            return;
        }
        agent = null;
        giveUp(Objects.requireNonNull(holder));
        failover.begins(now);
        agentsTried = 0;
        find();
    }

    private void giveUp(BindOutcome.Bound former) {
        desk.gaveUp(former.fence());
        CallSummary waiting = ending.takeWaiting();
        if (waiting != null) {
            desk.dropIfGivenUp(former.podUid(), waiting);
        }
    }

    /** The caller is told, in the agent's own voice where there is one, and the call ends. */
    private void apologize(String why) {
        LOG.warnf("call %s: ends without its agent: %s", callId(), why);
        long now = System.nanoTime();
        agentLost = true;
        ending.because(Cause.CAUSE_AGENT_LOST);
        failover.givenUp();
        wire.clear(now);
        long generation = wire.nextGeneration();
        ByteString apology = standby.apology();
        leave(NextStep.HANG_UP, generation, Departure.ALL, 0);
        if (!apology.isEmpty()) {
            wire.play(
                    now,
                    generation,
                    AudioOut.newBuilder()
                            .setKind(AudioKind.AUDIO_KIND_FILLER)
                            .setPayload(apology)
                            .setEndOfRun(true)
                            .build());
        }
    }

    // The clock.

    @Override
    public long tick(long now) {
        if (now >= restsUntil) {
            look(now);
            restsUntil = state == State.TALKING && wire.playout().quiet(now)
                    ? Math.min(
                            now + LONGEST_REST_NANOS,
                            Math.min(stateUntil, wire.ingress().due()))
                    : 0;
        }
        return restsUntil;
    }

    private void look(long now) {
        wire.tick(now);
        switch (state) {
            case OPENING -> {
                failover.tick(now, standby.holdTone(), wire.playout(), wire.newestGeneration());
                if (now >= stateUntil) {
                    anotherAgent("no answer");
                }
                checkMedia(now);
            }
            case TALKING -> {
                if (now - agentHeardAt > desk.settings().agentSilence().toNanos()) {
                    lost("silent for " + desk.settings().agentSilence());
                } else if (now >= stateUntil) {
                    wire.close(NextStep.HANG_UP);
                    carrierGone(ending.causeOr(Cause.CAUSE_AGENT_HUNG_UP));
                } else {
                    checkMedia(now);
                }
            }
            case LEAVING -> {
                Departure leaves = Objects.requireNonNull(departure);
                if (leaves.heard(now, wire.playout()) || now >= stateUntil) {
                    wire.close(leaves.next());
                    carrierGone(ending.causeOr(Cause.CAUSE_AGENT_HUNG_UP));
                }
            }
            case WRAPPING -> {
                if (now >= stateUntil) {
                    LOG.warnf("call %s: its agent gave no summary", callId());
                    reportEnd();
                }
            }
            case DRAINING -> {
                if (now >= stateUntil) {
                    Objects.requireNonNull(agent).cancel("the stream did not end");
                    end();
                }
            }
            case BINDING -> {
                failover.tick(now, standby.holdTone(), wire.playout(), wire.newestGeneration());
                checkMedia(now);
            }
            case REPORTING, ENDED -> {}
        }
    }

    private void checkMedia(long now) {
        if (wire.silentFor(now) > desk.settings().mediaTimeout().toNanos()) {
            LOG.warnf("call %s: no media for %s", callId(), desk.settings().mediaTimeout());
            wire.close(NextStep.HANG_UP);
            carrierGone(Cause.CAUSE_MEDIA_TIMEOUT);
        }
    }

    // The end.

    private void reportEnd() {
        enter(State.REPORTING);
        BindOutcome.Bound last = Objects.requireNonNull(holder);
        Cause why = ending.causeOr(Cause.CAUSE_INTERNAL_ERROR);
        CallSummary summary = ending.summary();
        long millis = desk.time().millis();
        LOG.infof("call %s: ended, %s", callId(), why);
        replies.replies().forEach(r -> desk.metrics().replied(r.milliseconds()));
        desk.metrics().ended(identity.carrier(), why, millis - report.answeredAt(), wire.ingress(), wire.playout());
        desk.binder().count(last.pool(), 0, -1, 1);
        report.end(why, summary, replies, millis);
        desk.events()
                .ended(
                        report.ended(
                                why, summary, replies, millis, wire.ingress().mediaTime(System.nanoTime())),
                        Objects.requireNonNull(answeredAs),
                        () -> home.execute(this::kept));
    }

    private void kept() {
        desk.liveCalls().remove(callId());
        AgentLine last = agent;
        if (ending.fromWatch() && last != null) {
            desk.binder().acknowledgeSummary(last.bound().podUid(), last.bound().fence());
        }
        if (last == null || last.over()) {
            end();
            return;
        }
        if (ending.summary() == null) {
            last.cancel("no summary came");
            end();
            return;
        }
        enter(State.DRAINING, STREAM_END_WAIT);
        last.summaryTaken();
    }

    private void end() {
        if (state != State.ENDED) {
            enter(State.ENDED);
            standby.forget();
            desk.clock().remove(home, this);
            desk.remove(this);
        }
    }

    // From the wire.

    @Override
    public void callerFrame(long mediaTime, byte[] payload, boolean concealed) {
        switch (state) {
            case TALKING -> {
                Objects.requireNonNull(agent).audio(mediaTime, payload, concealed);
                standby.keep(mediaTime, payload, concealed, true);
            }
            case LEAVING -> {
                if (agent != null) {
                    agent.audio(mediaTime, payload, concealed);
                }
            }
            case BINDING, OPENING -> standby.keep(mediaTime, payload, concealed, holder != null);
            case WRAPPING, REPORTING, DRAINING, ENDED -> {}
        }
    }

    @Override
    public void heardUpTo(long generation, long sample, Heard heard) {
        if (agent != null && !agent.over()) {
            agent.played(generation, sample, heard, wire.ingress().mediaTime(System.nanoTime()));
        }
    }

    @Override
    public void speechOnTheWire() {
        replies.speechOnTheWire(System.nanoTime());
    }

    private void send(ConverseRequest message) {
        if (agent != null && (state == State.TALKING || state == State.LEAVING)) {
            agent.send(message);
        }
    }
}
