package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableExpansionTest {
    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "$(A), one",
        "x-$(A)-$(B)-y, x-one-two-y",
        "$(NONE), $(NONE)",
        "$$(A), $(A)",
        "$$$(A), $one",
        "$A, $A",
        "$(A, $(A",
        "$, $",
        "a$, a$",
        "$(), $()",
    })
    void referencesAreReplacedAsKubernetesDoes(String text, String expected) {
        assertThat(VariableExpansion.expand(text, Map.of("A", "one", "B", "two")))
                .isEqualTo(expected);
    }
}
