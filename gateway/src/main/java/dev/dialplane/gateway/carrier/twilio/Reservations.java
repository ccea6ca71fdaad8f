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
 * <p>A webhook that is repeated for the same call finds the same one.
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

    /** The call of that key, if it rings. */
    synchronized @Nullable Ringing find(String key) {
        return byKey.get(key);
    }

    /** A call begins to ring. */
    synchronized void add(Ringing ringing) {
        byKey.put(ringing.key, ringing);
        byCall.put(ringing.identity.callId(), ringing);
    }

    /** It rings no more; null if it did not. */
    synchronized @Nullable Ringing take(String callId) {
        Ringing ringing = byCall.remove(callId);
        if (ringing != null) {
            byKey.remove(ringing.key, ringing);
        }
        return ringing;
    }

    synchronized int size() {
        return byCall.size();
    }
}
