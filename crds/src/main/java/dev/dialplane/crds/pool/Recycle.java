package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * When an agent's pod is given up.
 *
 * @param mode whether one pod takes several calls
 * @param maxCalls how many; {@link #DEFAULT_MAX_CALLS} when absent
 * @param maxAge after which time it is replaced once idle, a {@link DurationText}
 */
@ApiType
@ValidationRule(
        value = "self.mode != 'Fresh' || !has(self.maxCalls)",
        message = "spec.recycle.maxCalls must be omitted in mode Fresh, where every call takes a new pod")
public record Recycle(
        @JsonPropertyDescription("Reuse: one pod takes many calls. Fresh: a new pod for every call.") @Default("Reuse")
        Mode mode,

        @JsonPropertyDescription("The most calls of one pod in mode Reuse; 200 when omitted.")
        @Min(1)
        @Max(1000000)
        @Nullable
        Integer maxCalls,

        @JsonPropertyDescription("After this time a pod is replaced, once idle.")
        @Default("24h")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(value = "duration(self) >= duration('1m')", message = "spec.recycle.maxAge must be at least 1m")
        String maxAge) {

    /** The most calls of one pod in mode Reuse, when the spec does not say. */
    public static final int DEFAULT_MAX_CALLS = 200;

    /** Whether one pod takes several calls. */
    public enum Mode {
        /** One pod takes many calls. */
        Reuse,
        /** A new pod for every call. */
        Fresh
    }
}
