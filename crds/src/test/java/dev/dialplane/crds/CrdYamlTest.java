package dev.dialplane.crds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.session.CallSessionSpec;
import io.fabric8.generator.annotation.ValidationRule;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CrdYamlTest {

    @TestFactory
    Iterable<DynamicTest> theFilesInManifestsAreWhatTheRecordsSay() throws IOException {
        if (Boolean.getBoolean("dialplane.crds.write")) {
            CrdYaml.write();
        }
        Map<String, String> generated = CrdYaml.generate();
        assertThat(generated).hasSize(CrdYaml.RESOURCES.size());
        try (var files = Files.list(CrdYaml.directory())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrderElementsOf(generated.keySet());
        }
        return generated.entrySet().stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.getKey(),
                        () -> assertThat(Files.readString(CrdYaml.directory().resolve(file.getKey())))
                                .as("manifests/crds/%s differs; its header says how to regenerate it", file.getKey())
                                .isEqualTo(file.getValue())))
                .toList();
    }

    @Test
    void everyFieldOfASessionsSpecIsNamedByTheRuleThatMakesItImmutable() {
        String rule = Arrays.stream(CallSessionSpec.class.getAnnotationsByType(ValidationRule.class))
                .map(ValidationRule::value)
                .filter(value -> value.contains("oldSelf.poolRef"))
                .findFirst()
                .orElseThrow();
        for (RecordComponent component : CallSessionSpec.class.getRecordComponents()) {
            if (!component.getName().equals("hangUp")) {
                assertThat(rule).contains("self.%1$s == oldSelf.%1$s".formatted(component.getName()));
            }
        }
    }
}
