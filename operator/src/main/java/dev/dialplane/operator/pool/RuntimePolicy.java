package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.AgentRuntime;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.ArrayList;
import java.util.List;

/**
 * What whoever may write pools may ask for in {@code spec.runtime}. Writing a pool is a way to have pods made, so it must not
 * give more than that: everything that could reach beyond the pod (volumes, accounts, host namespaces, privileges, commands)
 * cannot be said in a pool at all, and what can be said is judged here.
 *
 * @param images which images pools may name, beside the one of the installation: whole names, or beginnings that end with {@code *}; empty for any
 * @param priorityClasses which PriorityClasses they may have; empty for all but Kubernetes' own, {@code system-...}, with
 *     which agents would push other people's pods off their nodes
 */
public record RuntimePolicy(List<String> images, List<String> priorityClasses) {

    private static final String SYSTEM = "system-";
    private static final List<String> CONTROL_PLANE =
            List.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");

    /** Copies the lists. */
    public RuntimePolicy {
        images = List.copyOf(images);
        priorityClasses = List.copyOf(priorityClasses);
    }

    /** Returns a sentence for everything that is not allowed, with the field, its value and what is. */
    public List<String> problems(AgentRuntime runtime) {
        List<String> problems = new ArrayList<>();
        boolean named = !runtime.image().equals(AgentRuntime.IMAGE);
        if (named && !images.isEmpty() && images.stream().noneMatch(allowed -> matches(allowed, runtime.image()))) {
            problems.add("spec.runtime.image '%s' is not allowed in this cluster; allowed are %s"
                    .formatted(runtime.image(), String.join(", ", images)));
        }
        String priority = runtime.priorityClassName();
        if (priorityClasses.isEmpty() && priority.startsWith(SYSTEM)) {
            problems.add("spec.runtime.priorityClassName '%s' is Kubernetes' own; use another PriorityClass"
                    .formatted(priority));
        } else if (!priorityClasses.isEmpty() && !priority.isEmpty() && !priorityClasses.contains(priority)) {
            problems.add("spec.runtime.priorityClassName '%s' is not allowed in this cluster; allowed are %s"
                    .formatted(priority, String.join(", ", priorityClasses)));
        }
        for (int i = 0; i < runtime.tolerations().size(); i++) {
            if (reachesControlPlane(runtime.tolerations().get(i))) {
                problems.add(
                        "spec.runtime.tolerations[%d] lets agents onto the control plane's nodes; name another taint"
                                .formatted(i));
            }
        }
        return problems;
    }

    private static boolean matches(String allowed, String image) {
        return allowed.endsWith("*")
                ? image.startsWith(allowed.substring(0, allowed.length() - 1))
                : image.equals(allowed);
    }

    /** One without a key tolerates every taint there is. */
    private static boolean reachesControlPlane(Toleration toleration) {
        String key = toleration.getKey();
        return key == null || key.isEmpty() || CONTROL_PLANE.contains(key);
    }
}
