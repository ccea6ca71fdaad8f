package dev.dialplane.agent.speaking;

/**
 * How far a generation's audio was played: the last acknowledged sample plus the time since, never more than was sent.
 * Times are ns of the loop, positions samples of the generation.
 */
final class Position {
    private final int rate;
    private long sent;
    private long anchorSample;
    private long anchorNanos;
    private boolean held;

    Position(int rate) {
        this.rate = rate;
    }

    long sent() {
        return sent;
    }

    /** A new generation: nothing is sent. */
    void restart() {
        sent = 0;
        anchorSample = 0;
        held = false;
    }

    /** {@code samples} more leave now; where all before was played, they begin to play after {@code delayNanos}. */
    void send(long samples, long now, long delayNanos) {
        if (played(now) >= sent) {
            anchorSample = sent;
            anchorNanos = now + delayNanos;
        }
        sent += samples;
    }

    /** The gateway says so. A sample that was never sent counts as the last that was. */
    void acknowledge(long sample, long now) {
        anchorSample = Math.clamp(sample, 0, sent);
        anchorNanos = now;
    }

    /** Playing stops here, until {@link #release}. */
    void hold(long now) {
        anchorSample = played(now);
        held = true;
    }

    void release(long now) {
        anchorNanos = now;
        held = false;
    }

    long played(long now) {
        if (held) {
            return anchorSample;
        }
        long since = Math.max(0, now - anchorNanos) * rate / 1_000_000_000L;
        return Math.min(sent, anchorSample + since);
    }

    /** When {@code sample} will have been played, if nothing stops it. */
    long nanosAt(long sample) {
        return anchorNanos + Math.max(0, sample - anchorSample) * 1_000_000_000L / rate;
    }
}
