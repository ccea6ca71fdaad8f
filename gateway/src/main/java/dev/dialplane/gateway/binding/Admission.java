package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether a call that finds no free agent may wait for one, and how long. */
public final class Admission {
    /** While there are agents that were never asked, a call waits this long even in a pool without a queue. */
    public static final Duration LOOK = Duration.ofMillis(500);

    /** And so many of them at most. */
    static final int LOOKING = 100;

    private Admission() {}

    /**
     * Why it may not wait; null if it may.
     *
     * @param waiting calls that wait already
     * @param maxLength of the pool's queue
     * @param maxWait in the pool's queue
     * @param unreached whether the pool has agents that this gateway is not connected to
     */
    public static @Nullable Cause refusal(int waiting, int maxLength, Duration maxWait, boolean unreached) {
        boolean queue = maxLength > 0 && maxWait.isPositive();
        if (!queue && !unreached) {
            return Cause.CAUSE_NO_AGENT;
        }
        int room = Math.max(queue ? maxLength : 0, unreached ? LOOKING : 0);
        return waiting < room ? null : queue ? Cause.CAUSE_QUEUE_FULL : Cause.CAUSE_NO_AGENT;
    }

    /**
     * How long it may wait.
     *
     * @param patience that the caller's carrier has left
     */
    public static Duration wait(Duration maxWait, Duration patience, boolean unreached) {
        Duration own = unreached && maxWait.compareTo(LOOK) < 0 ? LOOK : maxWait;
        Duration wait = own.compareTo(patience) < 0 ? own : patience;
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
