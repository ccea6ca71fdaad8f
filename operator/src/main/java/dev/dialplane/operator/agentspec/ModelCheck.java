package dev.dialplane.operator.agentspec;

import dev.dialplane.crds.pool.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the models that a pool names exist. */
public final class ModelCheck {

    private ModelCheck() {}

    /** What a model does in a pipeline. */
    public enum Role {
        /** Hears. */
        SpeechToText,
        /** Thinks. */
        LanguageModel,
        /** Speaks. */
        TextToSpeech,
        /** All three. */
        SpeechToSpeech,
        /** Tells whether the caller has finished. */
        EndOfTurn
    }

    /**
     * A model that inference knows.
     *
     * @param provider who has it
     * @param model the provider's name of it
     * @param role what it does
     * @param available whether it can be used now
     * @param detail why not, and how to get it
     */
    public record Known(String provider, String model, Role role, boolean available, String detail) {}

    /** Returns a sentence for every model of the pipeline that inference does not have, each with the fix. */
    public static List<String> problems(Pipeline pipeline, List<Known> models) {
        List<String> problems = new ArrayList<>();
        check("speechToText", Role.SpeechToText, pipeline.speechToText(), models, problems);
        check("languageModel", Role.LanguageModel, pipeline.languageModel(), models, problems);
        check("textToSpeech", Role.TextToSpeech, pipeline.textToSpeech(), models, problems);
        check("speechToSpeech", Role.SpeechToSpeech, pipeline.speechToSpeech(), models, problems);
        Pipeline.Single ends = pipeline.endOfTurn();
        if (ends != null) {
            check("spec.agent.pipeline.endOfTurn", Role.EndOfTurn, ends.provider(), ends.model(), models, problems);
        }
        return problems;
    }

    private static void check(
            String part, Role role, Pipeline.@Nullable Model model, List<Known> models, List<String> problems) {
        if (model == null) {
            return;
        }
        String field = "spec.agent.pipeline." + part;
        check(field, role, model.provider(), model.model(), models, problems);
        Pipeline.Single fallback = model.fallback();
        if (fallback != null) {
            check(field + ".fallback", role, fallback.provider(), fallback.model(), models, problems);
        }
    }

    private static void check(
            String field, Role role, String provider, String model, List<Known> models, List<String> problems) {
        List<Known> suitable =
                models.stream().filter(known -> known.role() == role).toList();
        List<Known> ofProvider = suitable.stream()
                .filter(known -> known.provider().equals(provider))
                .toList();
        List<Known> found =
                ofProvider.stream().filter(known -> known.model().equals(model)).toList();
        if (ofProvider.isEmpty()) {
            problems.add("%s: inference has no provider '%s' for this; use one of %s, or configure it"
                    .formatted(field, provider, names(suitable)));
        } else if (found.isEmpty()) {
            problems.add("%s: provider '%s' has no model '%s' for this; use one of %s"
                    .formatted(field, provider, model, names(suitable)));
        } else if (found.stream().noneMatch(Known::available)) {
            problems.add("%s: %s/%s cannot be used now: %s"
                    .formatted(field, provider, model, found.getFirst().detail()));
        }
    }

    private static String names(List<Known> models) {
        return models.isEmpty()
                ? "none"
                : models.stream()
                        .map(known -> known.provider() + "/" + known.model())
                        .sorted()
                        .distinct()
                        .collect(Collectors.joining(", "));
    }
}
