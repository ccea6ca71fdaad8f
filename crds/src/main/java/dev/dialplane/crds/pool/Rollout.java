package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import org.jspecify.annotations.Nullable;

/**
 * How a change of the pods proceeds.
 *
 * @param maxSurge how many agents there may be above the target
 * @param maxUnavailable how many may be missing
 * @param pauseAfterFailures after how many new agents that fail in a row it stops
 * @param canary how new agents are tried on some of the calls first; they are not when absent
 */
@ApiType
@ValidationRule(
        value = "string(self.maxSurge) in ['0', '0%'] ? !(string(self.maxUnavailable) in ['0', '0%']) : true",
        message = "spec.rollout: maxSurge and maxUnavailable must not both be 0, or no agent could ever be replaced")
public record Rollout(
        @JsonPropertyDescription(
                "How many agents there may be above the target, a number or a percentage. May exceed" + " scaling.max.")
        @Default("25%")
        @ValidationRule(
                value = "type(self) == int ? self >= 0 : self.matches('^[0-9]{1,3}%$')",
                message = "spec.rollout.maxSurge must be a number from 0 or a percentage such as 25%")
        IntOrString maxSurge,

        @JsonPropertyDescription("How many agents may be missing, a number or a percentage.")
        @Default("0")
        @ValidationRule(
                value = "type(self) == int ? self >= 0 : self.matches('^(100|[0-9]{1,2})%$')",
                message = "spec.rollout.maxUnavailable must be a number from 0 or a percentage up to 100%")
        IntOrString maxUnavailable,

        @JsonPropertyDescription("The rollout stops after so many new agents in a row that never became Ready.")
        @Default("3")
        @Min(1)
        @Max(100)
        int pauseAfterFailures,

        @JsonPropertyDescription(
                "Tries new agents on a share of the calls first, and takes them back by itself if their"
                        + " calls go worse than those of the older ones.")
        @Nullable
        Canary canary) {}
