package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * The models that hear, think and speak.
 *
 * @param mode which parts there are
 * @param speechToText hears, in a cascade
 * @param languageModel thinks, in a cascade
 * @param textToSpeech speaks, in a cascade
 * @param speechToSpeech does all three
 * @param endOfTurn tells by the sound whether the caller has finished, in either mode; when it fails, turns end as they do
 *     without it
 */
@ApiType
@ValidationRule(
        value = "self.mode != 'Cascade' || (has(self.speechToText) && has(self.languageModel)"
                + " && has(self.textToSpeech) && !has(self.speechToSpeech))",
        message = "spec.agent.pipeline: mode Cascade needs speechToText, languageModel and textToSpeech, and no"
                + " speechToSpeech")
@ValidationRule(
        value = "self.mode != 'SpeechToSpeech' || (has(self.speechToSpeech) && !has(self.speechToText)"
                + " && !has(self.languageModel) && !has(self.textToSpeech))",
        message = "spec.agent.pipeline: mode SpeechToSpeech needs speechToSpeech, and no speechToText, languageModel or"
                + " textToSpeech")
public record Pipeline(
        @JsonPropertyDescription("Cascade: three models in a row. SpeechToSpeech: one model for all.")
        @Default("Cascade")
        Mode mode,

        @JsonPropertyDescription("The model that hears.") @Nullable
        Model speechToText,

        @JsonPropertyDescription("The model that thinks.") @Nullable
        Model languageModel,

        @JsonPropertyDescription("The model that speaks.") @Nullable
        Model textToSpeech,

        @JsonPropertyDescription("The model that does all three.") @Nullable
        Model speechToSpeech,

        @JsonPropertyDescription("The model that tells, by the sound, whether the caller has finished. Without it,"
                + " silence and words tell.")
        @Nullable
        Single endOfTurn) {

    /** Which parts a pipeline has. */
    public enum Mode {
        /** Speech to text, a language model, text to speech. */
        Cascade,
        /** One model from speech to speech. */
        SpeechToSpeech
    }

    /**
     * A model, and the one to use when it fails.
     *
     * @param provider a provider that inference is configured with
     * @param model the provider's name of it
     * @param fallback used when this one fails or is too slow; it has none itself
     */
    @ApiType
    public record Model(
            @JsonPropertyDescription("A provider that inference is configured with.")
            @Required
            @Size(min = 1, max = 63)
            @Pattern(PROVIDER)
            String provider,

            @JsonPropertyDescription("The provider's name of the model.")
            @Required
            @Size(min = 1, max = 128)
            @Pattern(MODEL)
            String model,

            @JsonPropertyDescription("Used when this model fails or is too slow.") @Nullable
            Single fallback) {}

    /**
     * A model that has no other one to use when it fails.
     *
     * @param provider a provider that inference is configured with
     * @param model the provider's name of it
     */
    @ApiType
    public record Single(
            @JsonPropertyDescription("A provider that inference is configured with.")
            @Required
            @Size(min = 1, max = 63)
            @Pattern(PROVIDER)
            String provider,

            @JsonPropertyDescription("The provider's name of the model.")
            @Required
            @Size(min = 1, max = 128)
            @Pattern(MODEL)
            String model) {}

    private static final String PROVIDER = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$";
    private static final String MODEL = "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$";
}
