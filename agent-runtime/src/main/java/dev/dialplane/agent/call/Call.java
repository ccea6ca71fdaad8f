package dev.dialplane.agent.call;

import com.google.protobuf.ByteString;
import dev.dialplane.agent.call.Saying.Purpose;
import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.dialogue.Memory;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.loop.Loop;
import dev.dialplane.agent.offer.CallFence;
import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.ConverseResponse;
import dev.dialplane.contracts.agent.v1.HangUp;
import dev.dialplane.contracts.agent.v1.HangUpRequest;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.Opened;
import dev.dialplane.contracts.agent.v1.Transfer;
import dev.dialplane.contracts.agent.v1.TransferMode;
import dev.dialplane.contracts.agent.v1.TransferProgress;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import io.grpc.stub.ServerCallStreamObserver;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call, from its first stream to its summary: what the gateway says to it, what it says back, and how it ends. All of
 * it lives on the loop and is dropped as a whole when the call is over.
 */
public final class Call implements Conversation.Conductor {
    private static final System.Logger LOG = System.getLogger(Call.class.getName());
    /** The line is taken for open when no frame has come by then. */
    private static final long LINE_OPEN_NANOS = 200_000_000;
    /** How long the gateway waits for the last words to be played that the agent already takes for heard. */
    private static final int LAST_WORDS_MS = 2000;

    private final CallContext call;
    private final Conversation conversation;
    private final Consumer<CallSummary> over;
    private final boolean goesOn;
    private final long begunAt;
    private final Loop.@Nullable Timer longest;
    private Loop.@Nullable Timer lineOpens;
    private Loop.@Nullable Timer grace;
    private long generation;
    private boolean lineOpen;
    private boolean transferring;
    private boolean ended;

    /**
     * A call whose offer was accepted and whose stream is about to come.
     *
     * @param over takes the summary, once
     */
    public Call(Loop loop, Models models, Prepared prepared, OfferRequest offer, Consumer<CallSummary> over) {
        CallLine line = new CallLine(loop, () -> mediaMs());
        call = new CallContext(loop, models, prepared, offer, line);
        this.over = over;
        goesOn = offer.hasCheckpoint();
        conversation = new Conversation(call, this, dialogue(offer));
        begunAt = loop.nanos();
        long longestMs = prepared.spec().getMaxDurationMs();
        longest = longestMs == 0
                ? null
                : loop.after(
                        longestMs * 1_000_000,
                        () -> conversation.farewell(PhraseKind.PHRASE_KIND_GOODBYE, Cause.CAUSE_MAX_DURATION, false));
    }

    private Dialogue dialogue(OfferRequest offer) {
        if (!offer.hasCheckpoint()) {
            return new Dialogue();
        }
        try {
            return new Dialogue(Memory.of(
                    offer.getCheckpoint().getVersion(), offer.getCheckpoint().getState()));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "call {0}: begins anew: {1}", CallFence.of(offer.getFence()), e.getMessage());
            return new Dialogue();
        }
    }

    private long mediaMs() {
        return conversation.mediaMs();
    }

    /** A gateway's stream for this call: the first, or another after the one before was lost. */
    public void attach(ServerCallStreamObserver<ConverseResponse> stream, long agentGeneration) {
        boolean again = generation != 0;
        generation = agentGeneration;
        stopGrace();
        call.line().attach(stream);
        call.line()
                .send(ConverseResponse.newBuilder()
                        .setOpened(Opened.newBuilder()
                                .setFence(call.fence().toProto())
                                .setAgentGeneration(agentGeneration))
                        .build());
        call.line()
                .send(ConverseResponse.newBuilder()
                        .setStandbyClips(StandbyAudio.of(call.prepared().phrases(), call.codecOut()))
                        .build());
        conversation.tellConsent();
        if (again) {
            conversation.mouth().reattach();
            return;
        }
        conversation.listening().start();
        lineOpens = call.loop().after(LINE_OPEN_NANOS, this::lineOpened);
    }

    /** The attached stream takes more. */
    public void ready() {
        conversation.mouth().proceed();
    }

    /** A stream broke: if it was the attached one, waits for another. */
    public void lost(ServerCallStreamObserver<ConverseResponse> stream) {
        if (call.line().attachedTo(stream)) {
            waitForStream();
        }
    }

    /** Another gateway took the call over, under a higher attempt; its stream is to come. */
    public void overtaken(OfferRequest offer) {
        call.overtaken(offer);
        waitForStream();
    }

    /** The gateway lets go of it, for another agent has it: nothing waits for its stream any more. One that is held goes on. */
    public void released() {
        if (call.line().detached()) {
            end(Cause.CAUSE_GATEWAY_LOST);
        }
    }

    private void waitForStream() {
        call.line().detach();
        if (ended) {
            return;
        }
        long graceMs = call.offer().getReconnectGraceMs();
        LOG.log(Level.WARNING, "call {0}: lost its gateway, waits {1} ms for another", call.fence(), graceMs);
        stopGrace();
        grace = call.loop().after(graceMs * 1_000_000, () -> end(Cause.CAUSE_GATEWAY_LOST));
    }

    /** What the gateway says. */
    public void receive(ConverseRequest message) {
        if (ended) {
            return;
        }
        switch (message.getMessageCase()) {
            case AUDIO -> {
                conversation.listening().frame(message.getAudio());
                conversation.heard();
                if (!lineOpen) {
                    lineOpened();
                }
            }
            case PLAYED -> conversation.played(message.getPlayed());
            case FLOW -> conversation.mouth().flow(message.getFlow().getStop());
            case HOLD -> conversation.hold(message.getHold().getOn());
            case HANG_UP -> hangUp(message.getHangUp());
            case TRANSFER_PROGRESS -> transferred(message.getTransferProgress());
            case DTMF -> conversation.key(message.getDtmf().getDigit());
            // Said to others.
            case RECORDING_STATE, SUMMARY_TAKEN, OPEN, MESSAGE_NOT_SET -> {}
        }
    }

    /** The process cannot go on with this call. */
    public void fail() {
        end(Cause.CAUSE_INTERNAL_ERROR);
    }

    private void lineOpened() {
        if (lineOpen || ended) {
            return;
        }
        lineOpen = true;
        if (lineOpens != null) {
            lineOpens.cancel();
        }
        if (goesOn) {
            conversation.goOn();
        } else {
            greet();
            conversation.askForConsent();
        }
        conversation.rest();
    }

    /** The prepared greeting; spoken anew where it holds something of this call. */
    private void greet() {
        String prepared = call.prepared().phrases().text(PhraseKind.PHRASE_KIND_GREETING);
        String text = prepared.isEmpty() ? call.spec().getGreeting() : prepared;
        String filled = text;
        for (var variable : call.offer().getVariablesMap().entrySet()) {
            filled = filled.replace("{" + variable.getKey() + "}", variable.getValue());
        }
        if (filled.equals(prepared) && conversation.say(PhraseKind.PHRASE_KIND_GREETING, new Purpose.Greeting())) {
            return;
        }
        if (!filled.isBlank()) {
            conversation.say(filled, new Purpose.Greeting());
        }
    }

    private void hangUp(HangUpRequest request) {
        if (request.getPolite()) {
            conversation.farewell(PhraseKind.PHRASE_KIND_GOODBYE, request.getCause(), false);
        } else {
            end(request.getCause());
        }
    }

    @Override
    public void act(Answer answer) {
        act(answer.actions());
    }

    @Override
    public void act(List<Action> actions) {
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            switch (action.getKind()) {
                case ACTION_KIND_HANG_UP -> {
                    end(Cause.CAUSE_AGENT_HUNG_UP);
                    return;
                }
                case ACTION_KIND_TRANSFER -> {
                    transfer(action.getTarget());
                    return;
                }
                case ACTION_KIND_SEND_DIGITS -> {
                    if (canSend(action.getDigits())) {
                        List<Action> then = List.copyOf(actions.subList(i + 1, actions.size()));
                        conversation.dial(action.getDigits(), then);
                        return;
                    }
                }
                case ACTION_KIND_UNSPECIFIED, UNRECOGNIZED -> {}
            }
        }
    }

    private boolean canSend(String digits) {
        boolean row = Dtmf.isRow(digits);
        boolean can = row && call.offer().getCarrier().getDtmfOut();
        if (!can) {
            LOG.log(
                    Level.WARNING,
                    "call {0}: cannot send {1} digits: {2}",
                    call.fence(),
                    digits.length(),
                    row ? "the carrier cannot" : "allowed are 1 to 32 of 0-9, *, #, A-D and w");
        }
        return can;
    }

    private void transfer(String target) {
        boolean known = call.spec().getTransferTargetsList().stream()
                .anyMatch(candidate -> candidate.getName().equals(target));
        if (!known || !call.offer().getCarrier().getTransfer()) {
            LOG.log(
                    Level.WARNING,
                    "call {0}: cannot transfer to ''{1}'': {2}",
                    call.fence(),
                    target,
                    known ? "the carrier cannot" : "the pool has no such target");
            return;
        }
        transferring = true;
        call.line()
                .send(ConverseResponse.newBuilder()
                        .setTransfer(Transfer.newBuilder()
                                .setMode(TransferMode.TRANSFER_MODE_BLIND)
                                .setTarget(target)
                                .setGeneration(conversation.mouth().generation())
                                .setAfterSample(conversation.mouth().sent())
                                .setMaxWaitMs(LAST_WORDS_MS))
                        .build());
        conversation.hold(true);
    }

    private void transferred(TransferProgress progress) {
        switch (progress.getState()) {
            case TRANSFER_STATE_CONNECTED -> end(Cause.CAUSE_TRANSFERRED);
            case TRANSFER_STATE_FAILED -> {
                LOG.log(Level.WARNING, "call {0}: the transfer failed: {1}", call.fence(), progress.getDetail());
                if (transferring) {
                    transferring = false;
                    conversation.hold(false);
                }
            }
            case TRANSFER_STATE_DIALING, TRANSFER_STATE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    @Override
    public void changed() {
        Memory memory = conversation.dialogue().memory();
        call.line()
                .send(ConverseResponse.newBuilder()
                        .setCheckpoint(Checkpoint.newBuilder()
                                .setVersion(memory.version())
                                .setState(ByteString.copyFrom(memory.toBytes()))
                                .setMediaTimeMs(conversation.uncommittedMs()))
                        .build());
    }

    @Override
    public void giveUp() {
        LOG.log(Level.WARNING, "call {0}: no model answers, gives up", call.fence());
        conversation.apologize();
    }

    @Override
    public void end(Cause cause) {
        if (ended) {
            return;
        }
        boolean ours = switch (cause) {
            case CAUSE_AGENT_HUNG_UP,
                    CAUSE_CALLER_IDLE,
                    CAUSE_MAX_DURATION,
                    CAUSE_MODEL_UNAVAILABLE,
                    CAUSE_HUNG_UP_BY_OPERATOR,
                    CAUSE_INTERNAL_ERROR -> true;
            default -> false;
        };
        if (ours) {
            call.line()
                    .send(ConverseResponse.newBuilder()
                            .setHangUp(HangUp.newBuilder()
                                    .setCause(cause)
                                    .setGeneration(conversation.mouth().generation())
                                    .setAfterSample(conversation.mouth().sent())
                                    .setMaxWaitMs(LAST_WORDS_MS))
                            .build());
        }
        long duration = (call.loop().nanos() - begunAt) / 1_000_000;
        conversation.finish();
        ended = true;
        stopGrace();
        if (lineOpens != null) {
            lineOpens.cancel();
        }
        if (longest != null) {
            longest.cancel();
        }
        CallSummary summary = CallSummary.newBuilder()
                .setFence(call.fence().toProto())
                .setCause(cause)
                .setTurns(conversation.dialogue().callerTurns())
                .setInterruptions(call.tally().interruptions())
                .setUsage(call.tally().usage())
                .addAllResponses(call.tally().responses())
                .setDurationMs(duration)
                .build();
        conversation.close();
        call.line().send(ConverseResponse.newBuilder().setSummary(summary).build());
        LOG.log(
                Level.INFO,
                "call {0}: over after {1} s, {2}, {3} turns, {4} interruptions",
                call.fence(),
                duration / 1000,
                cause,
                summary.getTurns(),
                summary.getInterruptions());
        over.accept(summary);
    }

    /** Lets go of the stream. */
    public void close() {
        if (!ended) {
            end(Cause.CAUSE_INTERNAL_ERROR);
        }
        call.line().detach();
    }

    private void stopGrace() {
        if (grace != null) {
            grace.cancel();
            grace = null;
        }
    }
}
