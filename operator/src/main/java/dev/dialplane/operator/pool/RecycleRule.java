package dev.dialplane.operator.pool;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.Recycle;
import java.time.Duration;
import java.time.Instant;

/**
 * When an agent's pod has served long enough, so that it is replaced once it is idle. A value.
 *
 * @param maxCalls so many calls at most
 * @param maxAge so long at most
 */
record RecycleRule(int maxCalls, Duration maxAge) {

    /** Returns the rule of a pool. */
    static RecycleRule of(Recycle recycle) {
        Integer given = recycle.maxCalls();
        return new RecycleRule(
                recycle.mode() == Recycle.Mode.Fresh ? 1 : given == null ? Recycle.DEFAULT_MAX_CALLS : given,
                DurationText.parse(recycle.maxAge()));
    }

    /**
     * Returns whether a pod is worn.
     *
     * @param served calls that it has served
     * @param created when it was created
     */
    boolean worn(int served, Instant created, Instant now) {
        return served >= maxCalls || created.plus(maxAge).isBefore(now);
    }
}
