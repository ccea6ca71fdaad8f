package dev.dialplane.local.caller.talk;

/**
 * Whether an agent is to be heard, told from 20 ms of what its side plays: speech, or a pause inside a stream that goes on.
 * For one thread at a time.
 */
public final class Sounding {
    /** Louder than comfort noise, which is at most −45 dBov when it follows a noisy line, and near −65 on ours. */
    public static final double AUDIBLE_DBOV = -50;

    private static final int STREAM_PAUSE_MS = 1_000;

    private long lastAudibleMs = Long.MIN_VALUE / 2;

    /**
     * Takes the next frame.
     *
     * @param samples how many of it the agent's side sent
     */
    public boolean hear(long nowMs, int samples, double dBov) {
        if (samples > 0 && dBov > AUDIBLE_DBOV) {
            lastAudibleMs = nowMs;
            return true;
        }
        return samples > 0 && nowMs - lastAudibleMs < STREAM_PAUSE_MS;
    }
}
