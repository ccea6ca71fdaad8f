package dev.dialplane.gateway.carrier.twilio;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Path tokens that have opened a media socket here, until they expire: each opens one. At another gateway the agent refuses
 * a second stream of one call. Callable from anywhere.
 */
final class UsedTokens {
    private final Map<String, Long> expiries = new LinkedHashMap<>();

    /** True the first time. */
    synchronized boolean use(String callId, int attempt, long expires, long nowUnixMs) {
        Iterator<Long> oldest = expiries.values().iterator();
        while (oldest.hasNext() && oldest.next() < nowUnixMs) {
            oldest.remove();
        }
        return expiries.putIfAbsent(callId + '/' + attempt, expires) == null;
    }
}
