package dev.dialplane.operator.agentspec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.pool.Pipeline;
import dev.dialplane.crds.pool.Pipeline.Model;
import dev.dialplane.operator.agentspec.ModelCheck.Known;
import dev.dialplane.operator.agentspec.ModelCheck.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCheckTest {

    private static final List<Known> MODELS = List.of(
            new Known("local", "moonshine-tiny", Role.SpeechToText, true, ""),
            new Known("local", "answers", Role.LanguageModel, true, ""),
            new Known("local", "smart-turn-v3", Role.EndOfTurn, true, ""),
            new Known("scripted", "apology", Role.LanguageModel, true, ""),
            new Known("local", "piper-joe", Role.TextToSpeech, false, "espeak-ng is missing: apt install espeak-ng"));

    @Test
    void modelsThatExistAreFine() {
        assertThat(problems("moonshine-tiny", new Model("local", "answers", null)))
                .isEmpty();
    }

    @Test
    void aModelThatDoesNotExistIsNamedWithThoseThatDo() {
        assertThat(problems("whisper", new Model("local", "answers", null)))
                .containsExactly("spec.agent.pipeline.speechToText: provider 'local' has no model 'whisper' for this;"
                        + " use one of local/moonshine-tiny");
    }

    @Test
    void aProviderThatDoesNotExistIsNamedInTheFallbackToo() {
        assertThat(problems("moonshine-tiny", new Model("local", "answers", new Pipeline.Single("riva", "llama"))))
                .containsExactly(
                        "spec.agent.pipeline.languageModel.fallback: inference has no provider 'riva' for this;"
                                + " use one of local/answers, scripted/apology, or configure it");
    }

    @Test
    void aModelOfAnotherRoleDoesNotCount() {
        assertThat(problems("answers", new Model("local", "answers", null))).hasSize(1);
    }

    @Test
    void aModelThatCannotBeUsedSaysHowToGetIt() {
        Pipeline pipeline =
                new Pipeline(Pipeline.Mode.Cascade, null, null, new Model("local", "piper-joe", null), null, null);
        assertThat(ModelCheck.problems(pipeline, MODELS))
                .containsExactly("spec.agent.pipeline.textToSpeech: local/piper-joe cannot be used now:"
                        + " espeak-ng is missing: apt install espeak-ng");
    }

    @Test
    void anEndOfTurnModelIsLookedForAmongItsOwnKind() {
        assertThat(problems(new Pipeline.Single("local", "smart-turn-v3"))).isEmpty();
        assertThat(problems(new Pipeline.Single("local", "answers")))
                .containsExactly("spec.agent.pipeline.endOfTurn: provider 'local' has no model 'answers' for this;"
                        + " use one of local/smart-turn-v3");
    }

    private static List<String> problems(Pipeline.Single ends) {
        return ModelCheck.problems(new Pipeline(Pipeline.Mode.Cascade, null, null, null, null, ends), MODELS);
    }

    private static List<String> problems(String hears, Model thinks) {
        return ModelCheck.problems(
                new Pipeline(Pipeline.Mode.Cascade, new Model("local", hears, null), thinks, null, null, null), MODELS);
    }
}
