package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.Usage;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.gateway.binding.Binder;
import dev.dialplane.gateway.events.EventLog;
import dev.dialplane.gateway.loop.SerialLoop;
import dev.dialplane.gateway.records.CallRecords;
import dev.dialplane.gateway.records.RecordData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Calls that a former process of this gateway left open: each gets its end, with the summary that its agent still holds, or
 * without one after a while. State belongs to the binding loop.
 */
public final class LostCalls {
    private static final Logger LOG = Logger.getLogger(LostCalls.class);

    private final SerialLoop loop;
    private final EventLog events;
    private final Binder binder;
    private final CallRecords records;
    private final InstantSource time;
    private final Map<Fence, CallEvent> open = new HashMap<>();

    /** Looks for none yet. */
    public LostCalls(SerialLoop loop, EventLog events, Binder binder, CallRecords records, InstantSource time) {
        this.loop = loop;
        this.events = events;
        this.binder = binder;
        this.records = records;
        this.time = time;
    }

    /**
     * Waits for the summaries of these calls.
     *
     * @param answered how each was answered
     * @param atMost after this they have ended without one
     */
    public void lookFor(List<CallEvent> answered, Duration atMost) {
        if (answered.isEmpty()) {
            return;
        }
        LOG.warnf("%d calls were in progress when the last process ended", answered.size());
        binder.follow(answered.stream().map(a -> a.getAnswered().getPodUid()).toList(), atMost);
        loop.execute(() -> {
            answered.forEach(a -> open.put(a.getFence(), a));
            var unused = loop.after(atMost, () -> List.copyOf(open.values()).forEach(a -> end(a, null, "")));
        });
    }

    /** An agent holds a summary that no gateway has taken. On the binding loop only. */
    public void summaryWaits(String podUid, CallSummary summary) {
        CallEvent answered = open.get(summary.getFence());
        if (answered != null) {
            end(answered, summary, podUid);
        }
    }

    private void end(CallEvent answered, @Nullable CallSummary summary, String podUid) {
        Fence fence = answered.getFence();
        open.remove(fence);
        Cause cause = summary == null || summary.getCause() == Cause.CAUSE_UNSPECIFIED
                ? Cause.CAUSE_GATEWAY_LOST
                : summary.getCause();
        LOG.infof("call %s: ended with the former process, %s", fence.getCallId(), cause);
        long now = time.millis();
        CallSummary told = summary != null
                ? summary
                : CallSummary.newBuilder()
                        .setFence(fence)
                        .setCause(cause)
                        .setUsage(Usage.getDefaultInstance())
                        .build();
        CallEvent ended = answered.toBuilder()
                .setSeq(answered.getSeq() + 1)
                .setTimeUnixMs(now)
                .setEnded(Ended.newBuilder()
                        .setCause(cause)
                        .setAnswered(answered.getAnswered())
                        .setTurns(told.getTurns())
                        .setInterruptions(told.getInterruptions())
                        .setUsage(told.getUsage())
                        .setEndTimeUnixMs(now))
                .build();
        events.ended(ended, fence, () -> {
            if (summary != null) {
                binder.acknowledgeSummary(podUid, fence);
            }
        });
        records.record(
                "dev.dialplane.call.ended",
                fence.getCallId(),
                now,
                RecordData.empty()
                        .text("namespace", answered.getPool().getNamespace())
                        .text("pool", answered.getPool().getName())
                        .text("carrier", answered.getCarrier())
                        .text("carrierCallId", answered.getCarrierCallId())
                        .text("callId", fence.getCallId())
                        .number("attempt", fence.getAttempt())
                        .text("cause", RecordData.spelled(cause))
                        .message("summary", told)
                        .replies(List.of())
                        .json());
    }
}
