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

/**
 * A trial of new pods on some of the calls, before they take over from the older ones.
 *
 * @param share how many of the agents are new ones while it lasts, a percentage; agents take calls in turn, so it is the
 *     share of new calls, too
 * @param duration how long it lasts at least, a {@link DurationText}
 * @param minCalls how many calls of new agents must have ended before they take over
 * @param tolerance by how much the share of bad calls may be above that of the older agents, a percentage
 * @param shortCall a call that either side hangs up sooner than this counts as a bad one, a {@link DurationText}
 */
@ApiType
public record Canary(
        @JsonPropertyDescription("The share of agents, and so of new calls, on the new revision while it is tried.")
        @Default("10%")
        @Size(min = 2, max = 3)
        @Pattern("^([1-9]|[1-4][0-9]|50)%$")
        String share,

        @JsonPropertyDescription("How long the trial lasts at least.")
        @Default("10m")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(
                value = "duration(self) >= duration('1s') && duration(self) <= duration('168h')",
                message = "spec.rollout.canary.duration must be from 1s to 168h")
        String duration,

        @JsonPropertyDescription("How many calls of new agents must have ended before these take over.")
        @Default("20")
        @Min(1)
        @Max(100000)
        int minCalls,

        @JsonPropertyDescription("By how much the share of bad calls (failed, declined, short) may be above that of the"
                + " older agents.")
        @Default("2%")
        @Size(min = 2, max = 4)
        @Pattern("^(100|[0-9]{1,2})%$")
        String tolerance,

        @JsonPropertyDescription("A call that either side hangs up sooner than this counts as a bad one.")
        @Default("10s")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @ValidationRule(
                value = "duration(self) <= duration('1h')",
                message = "spec.rollout.canary.shortCall must be at most 1h")
        String shortCall) {}
