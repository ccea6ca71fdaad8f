package dev.dialplane.local.caller;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.EventReceiver;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Places calls: plays the carrier and the caller towards a gateway, and says how each went. Any number at once, each on
 * the thread that asks for it; all lines beat on one clock.
 */
public final class TestCaller implements AutoCloseable {
    /** How long after the line's end the gateway may take to tell how the call ended. */
    private static final double SUMMARY_SECONDS = 5;

    private final TwilioCarrier carrier = new TwilioCarrier();
    private final @Nullable EventReceiver events;

    /**
     * A caller.
     *
     * @param events to which the gateway sends its events, or null: then texts and parts of times are unknown
     */
    public TestCaller(@Nullable EventReceiver events) {
        this.events = events;
    }

    /** The carrier's side, for those who want a line of their own. */
    public TwilioCarrier carrier() {
        return carrier;
    }

    /** Places a call and carries it to its end. */
    public CallResult place(CallRequest request, CallListener listener) throws InterruptedException {
        CallRecords records = new CallRecords(listener::recorded);
        String callSid = request.ids().callSid();
        if (events != null) {
            events.expect(callSid, records);
        }
        try {
            listener.ringing(request);
            TalkingCaller caller = new TalkingCaller(request, listener);
            TwilioCarrier.Outcome outcome = carrier.carry(request.dialed(), request.ids(), request.most(), caller);
            Optional<CallSummary> summary = events == null ? Optional.empty() : records.summary(SUMMARY_SECONDS);
            LineLog log = outcome.lines().isEmpty() ? null : LineLog.joined(outcome.lines());
            CallReport report = CallReport.of(
                    request.pool(),
                    records.session(),
                    summary.map(CallSummary::getCause).map(TestCaller::spelled).orElseGet(() -> cause(outcome)),
                    outcome.ringingMs(),
                    caller.spoken(),
                    log,
                    records.events());
            listener.ended(report);
            return new CallResult(request, report, outcome, log, summary.isPresent());
        } finally {
            if (events != null) {
                events.forget(callSid);
            }
        }
    }

    /** What the carrier can tell about why a call ended. */
    private static String cause(TwilioCarrier.Outcome outcome) {
        if (outcome.failure() != null) {
            return "CarrierError";
        }
        if (outcome.rejected() != null) {
            return outcome.rejected().equals("busy") ? "Busy" : "Rejected";
        }
        if (outcome.dialed() != null) {
            return "Transferred";
        }
        if (outcome.ends().isEmpty()) {
            return "NoAgent";
        }
        return switch (outcome.ends().getLast().by()) {
            case CALLER -> "CallerHungUp";
            case SERVER -> "AgentHungUp";
            case FAILURE -> "CarrierError";
        };
    }

    /** CAUSE_CALLER_HUNG_UP as CallerHungUp, the way a CallSession's status spells it. */
    static String spelled(Cause cause) {
        return cause == Cause.UNRECOGNIZED
                ? "Unknown"
                : Arrays.stream(cause.name().substring("CAUSE_".length()).split("_"))
                        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining());
    }

    /** How a line's end is told to people. */
    static String told(LineEnd end) {
        return switch (end.by()) {
            case CALLER -> "the caller hung up";
            case SERVER -> "the agent's side hung up";
            case FAILURE -> end.detail();
        };
    }

    /** Ends all calls. */
    @Override
    public void close() {
        carrier.close();
    }
}
