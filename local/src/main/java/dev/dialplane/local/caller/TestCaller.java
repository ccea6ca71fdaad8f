package dev.dialplane.local.caller;

import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.CallEvent;
import dev.dialplane.local.caller.report.CallRecords;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.EventReceiver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Places calls: plays the carrier and the caller towards a gateway, and says how each went. Any number at once, each on
 * the thread that asks for it; all lines beat on one clock.
 */
public final class TestCaller implements AutoCloseable {
    /** How long after the line's end the gateway may take to tell how the call ended. */
    private static final double END_SECONDS = 5;

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

    /** Places a call whose caller says the request's script, and carries it to its end. */
    public CallResult place(CallRequest request, CallListener listener) throws InterruptedException {
        return place(request, listener, new TalkingCaller(request, listener));
    }

    /** Places a call of somebody who needs no script, and carries it to its end. */
    public CallResult place(CallRequest request, CallListener listener, Person caller) throws InterruptedException {
        CallRecords records = new CallRecords(event -> {
            caller.recorded(event);
            listener.recorded(event);
        });
        String callSid = request.ids().callSid();
        if (events != null) {
            events.expect(callSid, records);
        }
        try {
            listener.ringing(request);
            TwilioCarrier.Outcome outcome = carrier.carry(request.dialed(), request.ids(), request.most(), caller);
            Optional<CallEvent.Ended> end = events == null ? Optional.empty() : records.end(END_SECONDS);
            LineLog log = outcome.lines().isEmpty() ? null : LineLog.joined(outcome.lines());
            CallReport report = CallReport.of(
                    request.pool(),
                    records.session(),
                    end.map(CallEvent.Ended::cause)
                            .filter(cause -> !cause.isEmpty())
                            .orElseGet(() -> cause(outcome)),
                    outcome.ringingMs(),
                    caller.spoken(),
                    log,
                    records.events());
            listener.ended(report);
            return new CallResult(request, report, outcome, log, end.isPresent());
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
        if (outcome.ends().isEmpty()
                || outcome.ends().getLast().by() == LineEnd.By.SERVER
                        && outcome.lines().stream()
                                .allMatch(line -> line.arrivals().isEmpty())) {
            return "NoAgent";
        }
        return switch (outcome.ends().getLast().by()) {
            case CALLER -> "CallerHungUp";
            case SERVER -> "AgentHungUp";
            case FAILURE -> "CarrierError";
        };
    }

    /** Ends all calls. */
    @Override
    public void close() {
        carrier.close();
    }
}
