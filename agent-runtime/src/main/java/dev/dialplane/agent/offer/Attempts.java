package dev.dialplane.agent.offer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The highest attempt seen of each of the last calls, so that a gateway that was overtaken is refused. Remembers
 * {@value #MOST} calls: an older one has long been answered elsewhere.
 */
public final class Attempts {
    static final int MOST = 256;

    private final Map<String, Integer> highest = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST;
        }
    };

    /** The highest attempt seen of a call; 0 if none was. */
    public int highest(String callId) {
        return highest.getOrDefault(callId, 0);
    }

    /** That attempt came to nothing: it is refused from now on, as all before it. */
    public void released(CallFence fence) {
        saw(new CallFence(fence.callId(), fence.attempt() + 1));
    }

    /** Remembers an attempt, unless a higher one is known. */
    public void saw(CallFence fence) {
        highest.merge(fence.callId(), fence.attempt(), Math::max);
    }
}
