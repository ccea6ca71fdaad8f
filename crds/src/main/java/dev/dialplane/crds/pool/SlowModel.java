package dev.dialplane.crds.pool;

import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * What the caller hears while a model is slow; each step a {@link DurationText} since the end of the caller's turn.
 *
 * @param comfortNoise when quiet noise tells that the line is open
 * @param holdPhrase when the agent says that it takes a moment
 * @param fallback when the fallback model is asked
 * @param giveUp when the agent apologizes
 */
@ApiType
@ValidationRule(
        value = "duration(self.comfortNoise) <= duration(self.holdPhrase)"
                + " && duration(self.holdPhrase) <= duration(self.fallback)"
                + " && duration(self.fallback) <= duration(self.giveUp)",
        message = "spec.agent.slowModel: the steps must ascend: comfortNoise, holdPhrase, fallback, giveUp")
public record SlowModel(
        @Default("800ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String comfortNoise,

        @Default("1500ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String holdPhrase,

        @Default("4s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String fallback,

        @Default("12s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String giveUp) {}
