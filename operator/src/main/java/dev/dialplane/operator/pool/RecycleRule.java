package dev.dialplane.operator.pool;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.Recycle;
import java.time.Instant;

/** When an agent's pod has served long enough, so that it is replaced once it is idle. */
final class RecycleRule {

    private RecycleRule() {}

    /**
     * Returns whether a pod is worn.
     *
     * @param served calls that it has served
     * @param created when it was created
     */
    static boolean worn(Recycle recycle, int served, Instant created, Instant now) {
        Integer given = recycle.maxCalls();
        int maxCalls = recycle.mode() == Recycle.Mode.Fresh ? 1 : given == null ? Recycle.DEFAULT_MAX_CALLS : given;
        return served >= maxCalls
                || created.plus(DurationText.parse(recycle.maxAge())).isBefore(now);
    }
}
