package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a pod that does not start is given up. */
final class StartRule {

    /** A registry may stumble once; a kubelet has tried three times by then. */
    static final Duration HOPELESS_FOR = Duration.ofSeconds(20);

    private StartRule() {}

    /**
     * Returns why a pod is given up; empty when it is not. One that no node takes is not: whoever adds nodes goes by it.
     *
     * @param pod the pod
     * @param within how long after it got a node it may take to be ready
     * @param now the time
     */
    static Optional<String> givenUp(AgentPod pod, Duration within, Instant now) {
        Instant placed = pod.signs().placed();
        if (pod.life() != AgentPod.Life.Starting || pod.deleting() || placed == null) {
            return Optional.empty();
        }
        if (!pod.signs().waiting().isEmpty() && placed.plus(HOPELESS_FOR).isBefore(now)) {
            return Optional.of(pod.signs().waiting());
        }
        return placed.plus(within).isBefore(now)
                ? Optional.of("not ready %d s after it got a node".formatted(within.toSeconds()))
                : Optional.empty();
    }
}
