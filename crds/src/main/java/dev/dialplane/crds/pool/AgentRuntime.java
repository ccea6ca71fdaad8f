package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.NameRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.util.List;
import java.util.Map;

/**
 * The pod that an agent lives in.
 *
 * @param image the container image
 * @param imagePullSecrets Secrets that pull it
 * @param resources what one agent is given
 * @param nodeSelector labels of nodes that may run it
 * @param tolerations taints that do not keep it away
 * @param topologySpreadConstraints how agents spread
 * @param priorityClassName the PriorityClass; empty for the cluster's default
 */
@ApiType
public record AgentRuntime(
        @JsonPropertyDescription("The agents' container image. The default stands for the one of the installation.")
        @Default(IMAGE)
        @Size(min = 1, max = 512)
        @Pattern("^[a-zA-Z0-9][a-zA-Z0-9._:/@-]*$")
        String image,

        @Size(max = 16) List<NameRef> imagePullSecrets,

        @JsonPropertyDescription("What one agent is given. Memory is request and limit; cpu is the request.")
        @Default("{}")
        Resources resources,

        @Size(max = 32) Map<String, String> nodeSelector,

        @JsonPropertyDescription("Added to those that every agent has: not-ready and unreachable, without limit.")
        @Size(max = 32)
        List<Toleration> tolerations,

        @JsonPropertyDescription("How agents spread. One without a labelSelector counts the pool's agents.")
        @Size(max = 8)
        List<TopologySpreadConstraint> topologySpreadConstraints,

        @JsonPropertyDescription("Empty: the cluster's default.")
        @Size(max = 253)
        @Pattern("^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$")
        String priorityClassName) {

    /** Stands for the image that the installation says. */
    public static final String IMAGE = "dialplane/agent-runtime";

    /** Reads an absent text, list or map as an empty one. */
    @SuppressWarnings("NullAway")
    public AgentRuntime {
        priorityClassName = priorityClassName == null ? "" : priorityClassName;
        imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
        nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
        tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
        topologySpreadConstraints =
                topologySpreadConstraints == null ? List.of() : List.copyOf(topologySpreadConstraints);
    }

    /**
     * What one agent is given.
     *
     * @param cpu request
     * @param memory request and limit
     */
    @ApiType
    public record Resources(
            @Default("20m")
            @ValidationRule(
                    value = "type(self) == int ? self > 0 : isQuantity(self)"
                            + " && quantity(self).isGreaterThan(quantity('0'))",
                    message = "spec.runtime.resources.cpu must be a quantity above 0, such as 20m or 0.5")
            Quantity cpu,

            @Default("160Mi")
            @ValidationRule(
                    value = "type(self) == int ? self >= 33554432 : isQuantity(self)"
                            + " && quantity(self).compareTo(quantity('32Mi')) >= 0",
                    message = "spec.runtime.resources.memory must be a quantity of at least 32Mi, such as 160Mi")
            Quantity memory) {}
}
