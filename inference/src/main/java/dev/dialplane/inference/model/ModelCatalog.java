package dev.dialplane.inference.model;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.ending.EndOfTurnModel;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.speaking.Voice;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Every model of every provider, found by name. */
@ApplicationScoped
public class ModelCatalog {
    private final List<Provider> providers;

    public ModelCatalog(@All List<Provider> providers) {
        this.providers =
                providers.stream().sorted(Comparator.comparing(Provider::name)).toList();
    }

    /**
     * The recognizer, or that of its fallback if it cannot be served now. May block.
     *
     * @throws ModelException NOT_FOUND if there is none of that name, UNAVAILABLE if neither can be served now
     */
    public Recognizer recognizer(ModelRef ref) {
        return orFallback(
                ref, it -> find(it, ModelPart.SPEECH_TO_TEXT, provider -> provider.recognizer(it.getModel())));
    }

    /**
     * The dialogue model itself: whoever asks for a reply decides on its fallback. May block.
     *
     * @throws ModelException NOT_FOUND if there is none of that name, UNAVAILABLE if it cannot be served now
     */
    public Dialogue dialogue(ModelRef ref) {
        return find(ref, ModelPart.LANGUAGE_MODEL, provider -> provider.dialogue(ref.getModel()));
    }

    /**
     * The voice, or that of its fallback; fails as {@link #recognizer} does. A speech-to-speech model speaks given texts,
     * too. May block.
     */
    public Voice voice(ModelRef ref) {
        return orFallback(
                ref,
                it -> find(
                        it,
                        ModelPart.TEXT_TO_SPEECH,
                        provider -> provider.speechToSpeech(it.getModel())
                                .flatMap(made -> provider.voice(made.textToSpeech(), it.getVoice()))
                                .or(() -> provider.voice(it.getModel(), it.getVoice()))));
    }

    /**
     * The parts of a speech-to-speech model, each with its fallback's part as fallback.
     *
     * @throws ModelException NOT_FOUND if there is none of that name
     */
    public Pipeline speechToSpeech(ModelRef ref) {
        Pipeline parts = parts(ref);
        return ref.hasFallback() ? Composition.orElse(parts, parts(ref.getFallback())) : parts;
    }

    private Pipeline parts(ModelRef ref) {
        return Composition.parts(
                ref, find(ref, ModelPart.SPEECH_TO_SPEECH, provider -> provider.speechToSpeech(ref.getModel())));
    }

    /** The model that tells whether a caller has finished; fails as {@link #dialogue} does. May block. */
    public EndOfTurnModel endOfTurn(ModelRef ref) {
        return find(ref, ModelPart.END_OF_TURN, provider -> provider.endOfTurn(ref.getModel()));
    }

    private static <T> T orFallback(ModelRef ref, Function<ModelRef, T> finder) {
        try {
            return finder.apply(ref);
        } catch (ModelException e) {
            if (!ref.hasFallback() || !e.anotherMayServe()) {
                throw e;
            }
            return finder.apply(ref.getFallback());
        }
    }

    /** Makes this model, and not its fallback, ready for the spec; fails as {@link #dialogue} does. Blocks. */
    public void prepare(ModelRef ref, ModelPart part, PreparedSpec spec) {
        ModelRef alone = ref.toBuilder().clearFallback().build();
        switch (part) {
            case SPEECH_TO_TEXT -> recognizer(alone);
            case LANGUAGE_MODEL -> dialogue(alone);
            case TEXT_TO_SPEECH -> voice(alone);
            case SPEECH_TO_SPEECH -> throw new IllegalArgumentException("prepare its parts");
            case END_OF_TURN -> endOfTurn(alone);
        }
        find(ref, part, Optional::of).prepare(ref.getModel(), part, spec);
    }

    /** What there is, ordered by provider and model. */
    public List<ModelDescription> describe() {
        return providers.stream()
                .flatMap(
                        provider -> provider.models().stream().sorted(Comparator.comparing(ModelDescription::getModel)))
                .toList();
    }

    private <T> T find(ModelRef ref, ModelPart part, Function<Provider, Optional<T>> finder) {
        return providers.stream()
                .filter(provider -> provider.name().equals(ref.getProvider()))
                .findFirst()
                .flatMap(finder)
                .orElseThrow(() -> ModelException.unknownModel(ref.getProvider(), ref.getModel(), available(part)));
    }

    private List<String> available(ModelPart part) {
        return describe().stream()
                .filter(model -> model.getRole() == part.role())
                .map(model -> model.getProvider() + "/" + model.getModel())
                .toList();
    }
}
