package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * The limits of one call.
 *
 * @param maxDuration the longest call, a {@link DurationText}; also the pods' termination grace
 * @param maxRinging how long a phone rings before the call is given up, a {@link DurationText}
 */
@ApiType
public record Call(
        @JsonPropertyDescription("The longest call. Also the pods' termination grace, so a change rolls pods.")
        @Default("1h")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(
                value = "duration(self) >= duration('10s') && duration(self) <= duration('24h')",
                message = "spec.call.maxDuration must be from 10s to 24h")
        String maxDuration,

        @JsonPropertyDescription("How long a phone rings before the call is given up.")
        @Default("45s")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(
                value = "duration(self) >= duration('1s') && duration(self) <= duration('5m')",
                message = "spec.call.maxRinging must be from 1s to 5m")
        String maxRinging) {}
