package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.gateway.binding.BindOutcome;
import dev.dialplane.gateway.call.CallIdentity;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls that ring: each has asked for an agent, and its media has not come here. Callable from anywhere.
 *
 * <p>A webhook that is repeated for the same call finds the same one, and gets the same reply; for as long as the first
 * reply's token is good, even when the media has come by then.
 */
final class Reservations {
    /**
     * One of them.
     *
     * @param key of the carrier: its account and its id of the call
     */
    record Ringing(String key, CallIdentity identity, CompletableFuture<BindOutcome> outcome) {}

    private final Map<String, Ringing> byKey = new HashMap<>();
    private final Map<String, Ringing> byCall = new HashMap<>();
    private final Map<String, Ringing> ringing = new HashMap<>();

    /** The call of that key, if it is remembered. */
    synchronized @Nullable Ringing find(String key) {
        return byKey.get(key);
    }

    /** A call begins to ring. */
    synchronized void add(Ringing fresh) {
        byKey.put(fresh.key, fresh);
        byCall.put(fresh.identity.callId(), fresh);
        ringing.put(fresh.identity.callId(), fresh);
    }

    /** It rings no more; null if it did not. */
    synchronized @Nullable Ringing take(String callId) {
        return ringing.remove(callId);
    }

    /** It is not remembered any more. */
    synchronized void forget(String callId) {
        ringing.remove(callId);
        Ringing old = byCall.remove(callId);
        if (old != null) {
            byKey.remove(old.key, old);
        }
    }

    /** Calls that ring. */
    synchronized int size() {
        return ringing.size();
    }
}
