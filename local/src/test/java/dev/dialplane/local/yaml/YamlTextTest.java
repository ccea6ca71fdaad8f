package dev.dialplane.local.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class YamlTextTest {
    private static final YamlText YAML = new YamlText(1_000);

    @Test
    void aTextThatIsTooLongIsNotParsed() {
        assertThatThrownBy(() -> YAML.read("#".repeat(1_001))).hasMessage("it has 1001 characters, allowed are 1000");
    }

    @Test
    void whatNestsTooDeeplyIsRefused() throws MalformedException {
        assertThat(YAML.read("[".repeat(10) + "]".repeat(10)).isArray()).isTrue();
        assertThatThrownBy(() -> YAML.read("[".repeat(11) + "]".repeat(11))).hasMessageContaining("it is no YAML");
    }

    @Test
    void aFieldTwiceIsRefused() {
        assertThatThrownBy(() -> YAML.read("{a: 1, a: 2}")).hasMessageContaining("it is no YAML");
    }

    @Test
    void aliasesDoNotMultiply() throws MalformedException {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            text.append("a%d: &a%d [%s*a%d]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(8), i - 1));
        }
        JsonNode read = YAML.read(text.toString());

        assertThat(read.toString().length()).isLessThan(1_000);
    }

    @Test
    void aLongValueIsShownInPart() {
        assertThatThrownBy(() -> YamlText.only("it", YAML.read("x".repeat(900)), Set.of()))
                .hasMessage("it is \"" + "x".repeat(59) + "..., allowed is an object");
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapes(byte[] data) {
        try {
            JsonNode read = YAML.read(new String(data, StandardCharsets.UTF_8));
            assertThat(read.toString().length()).isLessThan(100_000);
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
