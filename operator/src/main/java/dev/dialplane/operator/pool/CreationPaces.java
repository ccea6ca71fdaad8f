package dev.dialplane.operator.pool;

import dev.dialplane.operator.pool.CreationPace.Limit;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many pods each namespace may create now. Those that want some have equal parts of the limit, so that a flood of pools
 * in one namespace slows that one only. A value.
 *
 * @param asked the namespaces that have asked lately
 */
public record CreationPaces(Map<String, Asked> asked) {

    /** A namespace counts as wanting pods for so long after it asked for some. */
    private static final Duration WANTS = Duration.ofSeconds(1);

    /**
     * A namespace that has asked.
     *
     * @param pace what is left of its part
     * @param wantsUntil until when others make room for it
     */
    public record Asked(CreationPace pace, Instant wantsUntil) {}

    /**
     * What may be created.
     *
     * @param pods how many now
     * @param after the paces without them
     * @param again when to ask again for those that were not granted; zero if all were
     */
    public record Granted(int pods, CreationPaces after, Duration again) {}

    /** Copies the map. */
    public CreationPaces {
        asked = Map.copyOf(asked);
    }

    /** Returns the paces of an operator that has created nothing. */
    public static CreationPaces rested() {
        return new CreationPaces(Map.of());
    }

    /** Takes for a namespace so many as its part has, at most those wanted. */
    public Granted take(String namespace, int wanted, Limit limit, Instant now) {
        Duration rest = Duration.ofMillis((long) (1000 * limit.burst() / limit.perSecond()));
        Map<String, Asked> lately = new HashMap<>();
        int wanting = 1;
        for (var other : asked.entrySet()) {
            if (other.getKey().equals(namespace)) {
                continue;
            }
            if (other.getValue().wantsUntil().isAfter(now)) {
                wanting++;
            }
            // After that its part is full again, as that of one that never asked.
            if (other.getValue().wantsUntil().plus(rest).isAfter(now)) {
                lately.put(other.getKey(), other.getValue());
            }
        }
        Limit part = new Limit(limit.perSecond() / wanting, Math.max(1, limit.burst() / wanting));
        Asked before = asked.get(namespace);
        CreationPace pace = before == null ? CreationPace.rested(part, now) : before.pace();
        CreationPace.Granted granted = pace.take(wanted, part, now);
        lately.put(
                namespace, new Asked(granted.after(), now.plus(granted.again()).plus(WANTS)));
        return new Granted(granted.pods(), new CreationPaces(lately), granted.again());
    }
}
