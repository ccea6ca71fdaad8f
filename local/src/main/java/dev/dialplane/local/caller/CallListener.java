package dev.dialplane.local.caller;

import dev.dialplane.contracts.agent.v1.TurnEvent;
import dev.dialplane.local.caller.report.CallReport;
import dev.dialplane.local.caller.report.Spoken;

/**
 * Is told how a call goes while it goes. Called by the clock and by sockets, from several threads: must be safe for that,
 * and must not block. Times are ms since the carrier's start message.
 */
public interface CallListener {
    /** A listener that does not care. */
    CallListener NONE = new CallListener() {};

    /** The carrier asks the gateway. */
    default void ringing(CallRequest request) {}

    /** The media stream is open: time 0. */
    default void connected() {}

    /** The first of the agent's media of a burst came in. */
    default void agentHeard(double ms) {}

    /** The caller begins an utterance. */
    default void callerSpeaks(Spoken spoken, boolean agentSounding) {}

    /** The gateway threw away what it had sent. */
    default void cleared(double ms) {}

    /** The agent or the gateway recorded something. */
    default void recorded(TurnEvent event) {}

    /** The line is closed. */
    default void hungUp(String by, double ms) {}

    /** The call is over and told. */
    default void ended(CallReport report) {}
}
