package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;

/**
 * How many pods may be created now: a bucket that fills steadily and holds a burst. A value.
 *
 * @param tokens how many may be created
 * @param at when it held so many
 */
public record CreationPace(double tokens, Instant at) {

    /**
     * How fast pods may be created.
     *
     * @param perSecond steadily
     * @param burst at once, after a rest
     */
    public record Limit(double perSecond, int burst) {}

    /**
     * What may be created.
     *
     * @param pods how many now
     * @param after the bucket without them
     * @param again when to ask again for those that were not granted; zero if all were
     */
    public record Granted(int pods, CreationPace after, Duration again) {}

    /** Returns a full bucket. */
    public static CreationPace rested(Limit limit, Instant now) {
        return new CreationPace(limit.burst(), now);
    }

    /** Takes so many as there are, at most those wanted. */
    public Granted take(int wanted, Limit limit, Instant now) {
        double elapsed = Math.max(0, Duration.between(at, now).toNanos() / 1e9);
        double held = Math.min(limit.burst(), tokens + elapsed * limit.perSecond());
        int granted = Math.min(wanted, (int) (held + 1e-9));
        double left = held - granted;
        // For a tenth of a second's worth at least: one pod at a time would be as many reconciliations.
        double next = Math.max(1, limit.perSecond() / 10);
        Duration again = granted == wanted
                ? Duration.ZERO
                : Duration.ofMillis((long) Math.ceil(Math.max(0, next - left) / limit.perSecond() * 1000));
        return new Granted(granted, new CreationPace(left, at.isAfter(now) ? at : now), again);
    }
}
