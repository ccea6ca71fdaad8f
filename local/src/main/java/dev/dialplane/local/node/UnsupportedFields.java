package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.util.Optional;

/** Fields of a pod that would silently do nothing on this node, and must not. */
final class UnsupportedFields {
    private UnsupportedFields() {}

    /** The first such field that the pod has, and what it means. */
    static Optional<String> firstOf(Pod pod) {
        PodSpec spec = pod.getSpec();
        if (!spec.getInitContainers().isEmpty()) {
            return unsupported("spec.initContainers");
        }
        if (spec.getActiveDeadlineSeconds() != null) {
            return unsupported("spec.activeDeadlineSeconds");
        }
        for (Container container : spec.getContainers()) {
            if (container.getLifecycle() != null && container.getLifecycle().getPostStart() != null) {
                return unsupported("lifecycle.postStart of container " + container.getName());
            }
            if (container.getRestartPolicy() != null) {
                return unsupported("restartPolicy of container " + container.getName());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unsupported(String field) {
        return Optional.of(field + " is not supported by the node that runs pods as processes");
    }
}
