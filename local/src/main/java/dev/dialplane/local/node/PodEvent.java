package dev.dialplane.local.node;

import dev.dialplane.local.process.Child;
import dev.dialplane.local.process.Signals;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What happens to a pod, from the API server's side or from its processes'. */
sealed interface PodEvent {
    /** The pod as the API server has it now. */
    record Desired(Pod pod) implements PodEvent {}

    /** The API server has it no more: it was deleted by force, or in an outage. */
    record Gone() implements PodEvent {}

    /** A container's process has ended. */
    record Exited(Child child, int code) implements PodEvent {}

    /** A probe's verdict, when it changes. */
    record Probed(Child child, Kind kind, boolean passing, String message) implements PodEvent {
        /** Which probe. */
        enum Kind {
            STARTUP,
            READINESS,
            LIVENESS
        }
    }

    /** Somebody wants the pod's processes down, or up again. */
    record Held(boolean down) implements PodEvent {}

    /** Somebody sends the pod's processes a signal. */
    record Signalled(Signals signal) implements PodEvent {}

    /** Somebody wants to know which processes it has. */
    record Asked(CompletableFuture<List<Long>> pids) implements PodEvent {}

    /** The node ends; processes are to end at once. */
    record NodeEnds() implements PodEvent {}
}
