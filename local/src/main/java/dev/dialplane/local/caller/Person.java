package dev.dialplane.local.caller;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.Spoken;
import java.util.List;

/** Who calls: what is said on the line, and when the line is hung up. */
public interface Person extends TwilioCarrier.Caller {
    /** What was said so far. */
    List<Spoken> spoken();

    /** The agent or the gateway recorded something of the call. Must not block. */
    default void recorded(TurnEvent event) {}
}
