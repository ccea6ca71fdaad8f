package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.operator.pool.PoolKey;
import org.jspecify.annotations.Nullable;

/** A pool as somebody wrote it down: what may change of it while calls come, and what the operator wrote into its status. */
final class Plan {
    final PoolKey key;
    final PoolRef ref;
    final int min;
    final int max;
    /** Agents that are there when it begins. */
    final int initial;
    /** Calls per second of its own. */
    final double callsPerSecond;

    private final @Nullable PoolRef overflow;
    private int spec = 1;
    private int revision = 1;

    /** Its status: 0 when nothing was written. */
    int targetWritten;

    Plan(PoolKey key, int min, int max, int initial, double callsPerSecond, @Nullable PoolRef overflow) {
        this.key = key;
        this.min = min;
        this.max = max;
        this.initial = initial;
        this.callsPerSecond = callsPerSecond;
        this.overflow = overflow;
        ref = PoolRef.newBuilder()
                .setNamespace(key.namespace())
                .setName(key.name())
                .build();
    }

    String specHash() {
        return "spec-" + spec;
    }

    String revision() {
        return "r" + revision;
    }

    /** What agents say is changed: they prepare anew, and stay. */
    void changeSpec() {
        spec++;
    }

    /** What pods are made of is changed: they are replaced. */
    void changeRevision() {
        revision++;
    }

    /** As gateways are told of it. */
    Pool told() {
        Pool.Builder told = Pool.newBuilder()
                .setRef(ref)
                .setSpecHash(specHash())
                .setRevision(revision())
                .setQueueMaxWaitMs(3_000)
                .setQueueMaxLength(50);
        if (overflow != null) {
            told.setOverflow(overflow);
        }
        return told.build();
    }
}
