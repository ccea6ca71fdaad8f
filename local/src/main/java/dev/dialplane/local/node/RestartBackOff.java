package dev.dialplane.local.node;

import java.time.Duration;

/**
 * How long a container that ended waits before it is started again: not at all the first time, then 1 s, doubled up to
 * five minutes, and from the beginning again after it ran for ten minutes. The cap and the reset are the kubelet's; it
 * begins with 10 s, which is long for somebody who watches.
 *
 * @param restarts how often it was started again since the last reset
 */
record RestartBackOff(int restarts) {
    static final RestartBackOff NONE = new RestartBackOff(0);
    private static final Duration CAP = Duration.ofMinutes(5);
    private static final Duration RESET_AFTER = Duration.ofMinutes(10);

    /** The wait before the next start. */
    Duration delay() {
        if (restarts == 0) {
            return Duration.ZERO;
        }
        Duration delay = Duration.ofSeconds(1L << Math.min(restarts - 1, 20));
        return delay.compareTo(CAP) > 0 ? CAP : delay;
    }

    /** The back-off once a run of the given length has ended, before the restart is counted. */
    RestartBackOff afterRunOf(Duration length) {
        return length.compareTo(RESET_AFTER) >= 0 ? NONE : this;
    }

    /** The back-off once the container was started again. */
    RestartBackOff restarted() {
        return new RestartBackOff(restarts + 1);
    }
}
