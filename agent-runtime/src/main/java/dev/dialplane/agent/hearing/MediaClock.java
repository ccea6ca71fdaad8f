package dev.dialplane.agent.hearing;

/**
 * When a sample of the caller's audio was spoken, in the agent's own monotonic time.
 *
 * <p>A frame arrives when its last sample was spoken, or later; the frame that was least late of the recent ones tells how
 * the two clocks lie. Drift between them (crystals differ by up to 100 ppm) lets the bound rise slowly.
 */
public final class MediaClock {
    /** How fast the bound rises: 0.2 ms a second, twice the drift of two crystals at their worst. */
    private static final double RISE = 0.0002;

    private final int rate;
    private boolean known;
    private long offset;
    private long lastArrival;

    /** A clock for samples at {@code rate} a second. */
    public MediaClock(int rate) {
        this.rate = rate;
    }

    /** Audio up to sample {@code end} has come at {@code nanos}. */
    public void arrived(long end, long nanos) {
        long candidate = nanos - length(end);
        if (!known) {
            known = true;
            offset = candidate;
        } else {
            offset = Math.min(candidate, offset + (long) (RISE * (nanos - lastArrival)));
        }
        lastArrival = nanos;
    }

    /** When sample {@code sample} was spoken, in ns of the loop's time. */
    public long nanosAt(long sample) {
        return offset + length(sample);
    }

    /** Which sample is spoken at {@code nanos}. */
    public long sampleAt(long nanos) {
        return Math.round((nanos - offset) * (rate / 1e9));
    }

    private long length(long samples) {
        return Math.round(samples * (1e9 / rate));
    }
}
