package dev.dialplane.inference.model;

import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.ending.EndOfTurnModel;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.speaking.Voice;
import java.util.List;
import java.util.Optional;

/**
 * A source of models.
 *
 * <p>The getters return empty for a model that it does not have, and throw {@code ModelException} (UNAVAILABLE) for one
 * that it has but cannot serve now. The first use of a model may take seconds to load it; they block.
 */
public interface Provider {
    /** As pools name it. */
    String name();

    /** Every model it has, whether or not it can be served now. */
    List<ModelDescription> models();

    Optional<Recognizer> recognizer(String model);

    Optional<Dialogue> dialogue(String model);

    /**
     * @param voice the model's own default if empty
     */
    Optional<Voice> voice(String model, String voice);

    /** What a speech-to-speech model is made of; all its parts are models of this provider. */
    default Optional<Composition> speechToSpeech(String model) {
        return Optional.empty();
    }

    /** A model that tells whether a caller has finished. */
    default Optional<EndOfTurnModel> endOfTurn(String model) {
        return Optional.empty();
    }

    /** Makes what the spec needs of {@code part} ready before the first call asks. Blocks. */
    default void prepare(String model, ModelPart part, PreparedSpec spec) {}
}
