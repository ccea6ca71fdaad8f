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
 * When to speak and when to listen.
 *
 * @param silence how long a caller is silent before their turn ends
 * @param interruption what a caller does who speaks over the agent
 * @param callerIdle what happens when nobody speaks
 */
@ApiType
public record TurnTaking(
        @JsonPropertyDescription(
                "How long a caller is silent before their turn ends: min after a finished thought, max otherwise."
                        + " Callers who speak in short sentences breathe for 250ms between two of them.")
        @Default("{}")
        Silence silence,

        @JsonPropertyDescription("What happens when the caller speaks over the agent.") @Default("{}")
        Interruption interruption,

        @JsonPropertyDescription("What happens when nobody speaks.") @Default("{}")
        CallerIdle callerIdle) {

    /**
     * How long a caller is silent before their turn ends.
     *
     * @param min after a finished thought; as long as the median gap between two speakers, and shorter than many a breath
     *     between two sentences, which it then cuts
     * @param max after any other
     */
    @ApiType
    @ValidationRule(
            value = "duration(self.min) <= duration(self.max)",
            message = "spec.agent.turnTaking.silence: min must not be longer than max")
    public record Silence(
            @Default("200ms")
            @Size(min = 2, max = DurationText.MAX_LENGTH)
            @Pattern(DurationText.PATTERN)
            @ValidationRule(
                    value = "duration(self) >= duration('50ms')",
                    message = "spec.agent.turnTaking.silence.min must be at least 50ms")
            String min,

            @Default("3s")
            @Size(min = 2, max = DurationText.MAX_LENGTH)
            @Pattern(DurationText.PATTERN)
            @ValidationRule(
                    value = "duration(self) <= duration('30s')",
                    message = "spec.agent.turnTaking.silence.max must be at most 30s")
            String max) {}

    /**
     * What happens when the caller speaks over the agent.
     *
     * @param mode whether and how the agent gives way
     * @param minSpeech speech of this length interrupts
     * @param minWords this many recognized words interrupt
     * @param decideWithin how long the agent pauses before it decides
     * @param resumeAfter how long after a false alarm it goes on
     */
    @ApiType
    public record Interruption(
            @JsonPropertyDescription("PauseThenDecide: pauses at the first speech; minSpeech or minWords commit."
                    + " Immediate: any speech interrupts. Never: the agent finishes.")
            @Default("PauseThenDecide")
            InterruptionMode mode,

            @Default("500ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
            String minSpeech,

            @Default("1") @Min(0) @Max(20) int minWords,

            @Default("700ms") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
            String decideWithin,

            @Default("2s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
            String resumeAfter) {}

    /** Whether and how an agent gives way to a caller who speaks over it. */
    public enum InterruptionMode {
        /** Pauses at the first speech, then commits or goes on. */
        PauseThenDecide,
        /** Any speech interrupts. */
        Immediate,
        /** The agent finishes. */
        Never
    }

    /**
     * What happens when nobody speaks.
     *
     * @param prompt when the agent asks whether the caller is there
     * @param hangUp when the call ends
     */
    @ApiType
    @ValidationRule(
            value = "duration(self.prompt) < duration(self.hangUp)",
            message = "spec.agent.turnTaking.callerIdle: prompt must be shorter than hangUp")
    public record CallerIdle(
            @Default("8s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
            String prompt,

            @Default("20s") @Size(min = 2, max = DurationText.MAX_LENGTH) @Pattern(DurationText.PATTERN)
            String hangUp) {}
}
