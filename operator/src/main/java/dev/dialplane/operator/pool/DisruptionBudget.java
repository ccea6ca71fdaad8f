package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The budget that keeps drains from evicting agents which may hold a call. */
final class DisruptionBudget {

    /** More pods than any pool has: none that the budget covers may be evicted. */
    private static final int OUT_OF_REACH = 1_000_000;

    private DisruptionBudget() {}

    static PodDisruptionBudget of(VoiceAgentPool pool) {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(Owned.by(pool))
                .withNewSpec()
                .withNewMinAvailable(OUT_OF_REACH)
                .withNewSelector()
                .withMatchLabels(Map.of(Labels.POOL, pool.getMetadata().getName()))
                .withMatchExpressions(new LabelSelectorRequirement(Labels.EVICTABLE, "NotIn", List.of("true")))
                .endSelector()
                .endSpec()
                .build();
    }

    /** Returns whether a budget says what it should. */
    static boolean matches(PodDisruptionBudget found, PodDisruptionBudget wanted) {
        return Objects.equals(
                        found.getSpec().getMinAvailable(), wanted.getSpec().getMinAvailable())
                && found.getSpec().getMaxUnavailable() == null
                && Objects.equals(
                        found.getSpec().getSelector(), wanted.getSpec().getSelector());
    }
}
