package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.DurationText;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * What the caller hears while a model is slow; each step a {@link DurationText} since the end of the caller's turn.
 *
 * @param hedge when the language model is asked once more beside, and who begins first is heard; absent: never
 * @param comfortNoise when quiet noise tells that the line is open
 * @param holdPhrase when the agent says that it takes a moment
 * @param fallback when the fallback model is asked, at the latest: sooner where the model has lately begun much sooner
 * @param giveUp when the agent apologizes
 */
@ApiType
@ValidationRule(
        value = "duration(self.comfortNoise) <= duration(self.holdPhrase)"
                + " && duration(self.holdPhrase) <= duration(self.fallback)"
                + " && duration(self.fallback) <= duration(self.giveUp)",
        message = "spec.agent.slowModel: the steps must ascend: comfortNoise, holdPhrase, fallback, giveUp")
@ValidationRule(
        value = "!has(self.hedge) || duration(self.hedge) < duration(self.fallback)",
        message = "spec.agent.slowModel: hedge must be shorter than fallback")
public record SlowModel(
        @JsonPropertyDescription(
                "When the language model is asked once more beside, for one reply in ten at most; whichever"
                        + " begins first is heard. Absent: never. For hosted models; a model on the same machine only gets slower.")
        @Size(min = 2, max = DurationText.MAX_LENGTH)
        @Pattern(DurationText.PATTERN)
        @Nullable
        String hedge,

        @Default("800ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String comfortNoise,

        @Default("1500ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String holdPhrase,

        @Default("4s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String fallback,

        @Default("12s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
        String giveUp) {}
