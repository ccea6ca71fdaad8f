package dev.dialplane.inference.model;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;

/**
 * The models of one provider that make up a speech-to-speech model.
 *
 * @param speechToText hears
 * @param languageModel thinks
 * @param textToSpeech speaks
 */
public record Composition(String speechToText, String languageModel, String textToSpeech) {
    /** The parts as a pipeline has them. */
    static Pipeline parts(ModelRef model, Composition made) {
        return Pipeline.newBuilder()
                .setSpeechToText(ref(model, made.speechToText))
                .setLanguageModel(ref(model, made.languageModel))
                .setTextToSpeech(ref(model, made.textToSpeech))
                .build();
    }

    /** The same, with another's parts in place of those that fail. */
    static Pipeline orElse(Pipeline parts, Pipeline fallback) {
        return Pipeline.newBuilder()
                .setSpeechToText(orElse(parts.getSpeechToText(), fallback.getSpeechToText()))
                .setLanguageModel(orElse(parts.getLanguageModel(), fallback.getLanguageModel()))
                .setTextToSpeech(orElse(parts.getTextToSpeech(), fallback.getTextToSpeech()))
                .build();
    }

    private static ModelRef orElse(ModelRef part, ModelRef fallback) {
        return part.equals(fallback)
                ? part
                : part.toBuilder().setFallback(fallback).build();
    }

    private static ModelRef ref(ModelRef model, String part) {
        return ModelRef.newBuilder()
                .setProvider(model.getProvider())
                .setModel(part)
                .build();
    }
}
