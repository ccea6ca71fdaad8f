package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.PhraseKind;
import dev.dialplane.inference.model.FixedPhrases;
import dev.dialplane.local.scenario.Phrase;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A scenario's agent says by itself what real ones say. */
class PhrasesTest {
    @Test
    void scenariosHaveThePhrasesThatInferenceHas() {
        Map<PhraseKind, String> written =
                Arrays.stream(Phrase.values()).collect(Collectors.toMap(Phrase::kind, Phrase::text));

        assertThat(written).isEqualTo(FixedPhrases.texts(AgentSpec.getDefaultInstance()));
    }
}
