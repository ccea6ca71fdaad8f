package dev.dialplane.local.caller;

import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.caller.talk.Conversation.Patience;
import java.time.Duration;

/**
 * A call to place.
 *
 * @param pool the pool that is called, for the report
 * @param dialed where
 * @param script what the caller says
 * @param patience how long the caller waits for what
 * @param most after which the caller hangs up, whatever happens
 * @param ids what the carrier calls the call
 */
public record CallRequest(
        String pool, Dialed dialed, CallerScript script, Patience patience, Duration most, CallIds ids) {
    /** A call of at most five minutes by a usual caller. */
    public static CallRequest to(String pool, Dialed dialed, CallerScript script) {
        return new CallRequest(pool, dialed, script, Patience.USUAL, Duration.ofMinutes(5), CallIds.random());
    }

    /** The same call with another patience. */
    public CallRequest with(Patience other) {
        return new CallRequest(pool, dialed, script, other, most, ids);
    }

    /** The same call, cut off after another time. */
    public CallRequest atMost(Duration other) {
        return new CallRequest(pool, dialed, script, patience, other, ids);
    }
}
