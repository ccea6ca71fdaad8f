package dev.dialplane.inference.model;

import dev.dialplane.contracts.inference.v1.ModelRole;

/** What a model does for a call. */
public enum ModelPart {
    SPEECH_TO_TEXT(ModelRole.MODEL_ROLE_SPEECH_TO_TEXT),
    LANGUAGE_MODEL(ModelRole.MODEL_ROLE_LANGUAGE_MODEL),
    TEXT_TO_SPEECH(ModelRole.MODEL_ROLE_TEXT_TO_SPEECH),
    SPEECH_TO_SPEECH(ModelRole.MODEL_ROLE_SPEECH_TO_SPEECH),
    END_OF_TURN(ModelRole.MODEL_ROLE_END_OF_TURN);

    private final ModelRole role;

    ModelPart(ModelRole role) {
        this.role = role;
    }

    /** The contract's name for it. */
    public ModelRole role() {
        return role;
    }
}
