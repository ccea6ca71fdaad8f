package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.Scaling;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.Sizing;
import dev.dialplane.operator.sizing.SizingRule.Size;
import org.jspecify.annotations.Nullable;

/**
 * How many agents a pool should have, whoever decides it.
 *
 * @param agents how many
 * @param rule why so many
 * @param ignoredReplicas in mode External after a switch from Auto, the value of {@code replicas} that does not count
 */
public record Target(int agents, String rule, @Nullable Integer ignoredReplicas) {

    /** {@code spec.scaling.replicas} decides. */
    public static final String EXTERNAL = "External";

    /** The size from before the switch to mode External, until {@code replicas} changes. */
    public static final String KEPT = "Kept";

    /** In mode Auto, the size that the operator worked out. */
    static Target auto(Size size) {
        return new Target(size.agents(), size.decider().name(), null);
    }

    /**
     * In mode External, {@code replicas}; but right after a switch from Auto the size that there is, until
     * {@code replicas} changes.
     *
     * @param scaling the pool's scaling, in mode External
     * @param before the sizing before; null for a pool that had none
     * @param most the most agents there may be
     */
    static Target external(Scaling scaling, @Nullable Sizing before, int most) {
        boolean wasExternal = before == null
                || before.rule().equals(EXTERNAL)
                || before.rule().equals(KEPT);
        Integer ignored =
                before == null ? null : wasExternal ? before.ignoredReplicas() : Integer.valueOf(scaling.replicas());
        if (before != null && ignored != null && ignored == scaling.replicas()) {
            return new Target(Math.min(before.target(), most), KEPT, ignored);
        }
        return new Target(Math.min(scaling.replicas(), most), EXTERNAL, null);
    }
}
