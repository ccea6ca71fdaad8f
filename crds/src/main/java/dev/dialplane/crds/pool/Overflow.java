package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.NameRef;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Where calls go that find no idle agent: first into the queue, then to another pool, then they are refused.
 *
 * @param queue where they wait
 * @param poolRef the pool that takes what waited too long
 */
@ApiType
public record Overflow(
        @JsonPropertyDescription("Where calls wait for an agent.") @Default("{}")
        Queue queue,

        @JsonPropertyDescription("The pool that takes calls which waited too long.") @Nullable
        NameRef poolRef) {

    /**
     * Where calls wait for an agent.
     *
     * @param maxWait the longest wait, a {@link DurationText}
     * @param maxLength the most calls that wait
     */
    @ApiType
    public record Queue(
            @Default("5s")
            @Size(min = 2, max = DurationText.MAX_LENGTH)
            @Pattern(DurationText.PATTERN)
            @ValidationRule(
                    value = "duration(self) <= duration('10m')",
                    message = "spec.overflow.queue.maxWait must be at most 10m")
            String maxWait,

            @Default("20") @Min(0) @Max(10000) int maxLength) {}
}
