package dev.dialplane.operator.leader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a lease may be taken: a function of what it says and since when it says so. Time is measured here alone, on this
 * machine's monotonic clock: no two machines' clocks are ever compared.
 */
public final class LeaseRule {

    /** How long a lease is respected after its holder last renewed it. With two looks, a killed leader is replaced in 9 s. */
    public static final Duration LASTS = Duration.ofSeconds(8);

    /**
     * How long the holder acts after it began to renew it last: shorter than the lease, so that it has stopped before
     * anybody else begins, also when clocks run 20 % apart.
     */
    public static final Duration ACTS = Duration.ofSeconds(6);

    /** How often the holder renews it. */
    static final Duration RENEWED = Duration.ofMillis(1500);

    /** How often others look at it, and the holder tries again when the API server did not answer. */
    static final Duration LOOKED_AT = Duration.ofMillis(500);

    private LeaseRule() {}

    /**
     * What a lease says.
     *
     * @param holder who holds it; empty when it was released
     * @param lasts how long its holder wants it to be respected
     * @param version changes with every renewal
     */
    public record Seen(String holder, Duration lasts, String version) {}

    /**
     * Since when a lease says the same.
     *
     * @param version what it says; null before the first look
     * @param nanos since when, as {@link System#nanoTime}
     */
    public record Unchanged(@Nullable String version, long nanos) {

        /** Before the first look. */
        public static final Unchanged UNKNOWN = new Unchanged(null, 0);

        /** Returns since when it says the same, after another look. */
        public Unchanged seen(String now, long nanoTime) {
            return now.equals(version) ? this : new Unchanged(now, nanoTime);
        }
    }

    /** What to do about a lease. */
    public enum Move {
        /** There is none yet. */
        Create,
        /** It is mine already, was released, or its holder is gone. */
        Take,
        /** Somebody holds it. */
        Wait
    }

    /**
     * Decides.
     *
     * @param me who decides; an operator that is started again in its pod is who it was
     * @param lease what the lease says; null when there is none
     * @param unchanged since when it says so
     * @param nanoTime now
     */
    public static Move decide(String me, @Nullable Seen lease, Unchanged unchanged, long nanoTime) {
        if (lease == null) {
            return Move.Create;
        }
        boolean lapsed = nanoTime - unchanged.nanos() > lease.lasts().toNanos();
        return lease.holder().isEmpty() || lease.holder().equals(me) || lapsed ? Move.Take : Move.Wait;
    }
}
