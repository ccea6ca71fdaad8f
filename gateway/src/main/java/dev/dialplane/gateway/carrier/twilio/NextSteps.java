package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.gateway.carrier.NextStep;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Twilio is to do with calls whose streams have just ended. The last ten thousand. Callable from anywhere. */
final class NextSteps {
    private static final int REMEMBERED = 10_000;

    private final Map<String, NextStep> steps = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, NextStep> eldest) {
            return size() > REMEMBERED;
        }
    };

    synchronized void put(String callId, NextStep step) {
        steps.put(callId, step);
    }

    synchronized @Nullable NextStep take(String callId) {
        return steps.remove(callId);
    }
}
