package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.Moved;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.records.CallRecords;
import dev.dialplane.gateway.records.RecordData;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of one call: events for the operator, records for whoever takes them. For one thread at a time. */
final class CallReport {
    private final CallIdentity identity;
    private final CallRecords records;
    private final Set<String> declinedBy = new LinkedHashSet<>();
    private @Nullable Answered answered;
    private int attempt = 1;
    private long seq = 1;
    private int turns;
    private int interruptions;
    private int failovers;

    CallReport(CallIdentity identity, CallRecords records) {
        this.identity = identity;
        this.records = records;
    }

    /** Agents of these pods should have taken the call, and did not. */
    void declined(Collection<String> podUids) {
        declinedBy.addAll(podUids);
    }

    CallEvent refused(int attempt, long unixMs, Cause cause, String detail, long waitedMs) {
        return identity.event(attempt, 1, unixMs)
                .setRefused(Refused.newBuilder()
                        .setCause(cause)
                        .setDetail(detail)
                        .setRequestTimeUnixMs(identity.requested())
                        .setWaitedMs((int) waitedMs)
                        .addAllDeclinedBy(declinedBy))
                .build();
    }

    CallEvent answered(BindOutcome.Bound bound, long unixMs) {
        attempt = bound.fence().getAttempt();
        Answered by = Answered.newBuilder()
                .setPodName(bound.podName())
                .setPodUid(bound.podUid())
                .setRequestTimeUnixMs(identity.requested())
                .setReserveTimeUnixMs(bound.acceptedUnixMs())
                .setAnswerTimeUnixMs(unixMs)
                .addAllDeclinedBy(declinedBy)
                .build();
        answered = by;
        records.record(
                "dev.dialplane.call.answered",
                identity.callId(),
                unixMs,
                common().message("answered", by).json());
        return identity.event(attempt, seq++, unixMs).setAnswered(by).build();
    }

    /** Another agent has the call now. */
    CallEvent moved(BindOutcome.Bound bound, int failovers, long unixMs) {
        attempt = bound.fence().getAttempt();
        this.failovers = failovers;
        Moved to = Moved.newBuilder()
                .setPodName(bound.podName())
                .setPodUid(bound.podUid())
                .setFailovers(failovers)
                .build();
        records.record(
                "dev.dialplane.call.moved",
                identity.callId(),
                unixMs,
                common().message("moved", to).json());
        return identity.event(attempt, seq++, unixMs).setMoved(to).build();
    }

    /** What every record of the call says, a JSON object. */
    String data() {
        return common().json();
    }

    private RecordData common() {
        return RecordData.empty()
                .text("namespace", identity.pool().getNamespace())
                .text("pool", identity.pool().getName())
                .text("carrier", identity.carrier())
                .text("carrierCallId", identity.carrierCallId())
                .text("callId", identity.callId())
                .number("attempt", attempt);
    }

    long answeredAt() {
        return answered == null ? identity.requested() : answered.getAnswerTimeUnixMs();
    }

    /** Something in the conversation. */
    void happened(TurnEvent event, ReplyTimes replies, long unixMs) {
        switch (event.getEventCase()) {
            // By its number: an agent that goes on for another one may tell of the last turn again.
            case CALLER_TURN -> turns = Math.max(turns, event.getCallerTurn().getIndex());
            case INTERRUPTED -> interruptions++;
            case AGENT_TURN, AGENT_SPEECH_STARTED, PARTIAL_TRANSCRIPT, CALLER_SPEECH, EVENT_NOT_SET -> {}
        }
        boolean partial = event.hasPartialTranscript() || event.hasCallerSpeech();
        if (partial && !records.wantsPartials()) {
            return;
        }
        if (records == CallRecords.NONE) {
            return;
        }
        RecordData data = common().message("event", event);
        if (event.hasAgentTurn()) {
            int turn = event.getAgentTurn().getAnswersTurn();
            replies.replies().stream()
                    .filter(r -> r.turn() == turn)
                    .findFirst()
                    .ifPresent(r -> data.number("responseMs", r.milliseconds()));
        }
        records.record(
                partial ? "dev.dialplane.call.partial" : "dev.dialplane.call.turn",
                identity.callId(),
                unixMs,
                data.json());
    }

    CallEvent ended(Cause cause, @Nullable CallSummary summary, ReplyTimes replies, long unixMs, long mediaMs) {
        Ended.Builder ended = Ended.newBuilder()
                .setCause(cause)
                .setTurns(summary == null ? turns : summary.getTurns())
                .setInterruptions(summary == null ? interruptions : summary.getInterruptions())
                .setUsage(
                        summary == null
                                ? Usage.newBuilder()
                                        .setAudioSeconds(mediaMs / 1_000.0)
                                        .build()
                                : summary.getUsage())
                .setResponseP50Ms(replies.percentile(50))
                .setResponseP95Ms(replies.percentile(95))
                .setFailovers(failovers)
                .setEndTimeUnixMs(unixMs);
        if (answered != null) {
            ended.setAnswered(answered);
        }
        return identity.event(attempt, seq++, unixMs).setEnded(ended).build();
    }

    /** What is known here of a call whose agent gave no summary. */
    private CallSummary ownSummary(Cause cause, long unixMs) {
        return CallSummary.newBuilder()
                .setFence(Fence.newBuilder().setCallId(identity.callId()).setAttempt(attempt))
                .setCause(cause)
                .setTurns(turns)
                .setInterruptions(interruptions)
                .setDurationMs(Math.max(0, unixMs - answeredAt()))
                .build();
    }

    /** Sends the end's record out. */
    void end(Cause cause, @Nullable CallSummary summary, ReplyTimes replies, long unixMs) {
        if (records == CallRecords.NONE) {
            return;
        }
        RecordData data = common().text("cause", RecordData.spelled(cause))
                .message("summary", summary != null ? summary : ownSummary(cause, unixMs));
        data.replies(replies.replies().stream()
                .map(r -> new RecordData.ReplyTime(r.turn(), r.milliseconds()))
                .toList());
        records.record("dev.dialplane.call.ended", identity.callId(), unixMs, data.json());
    }
}
