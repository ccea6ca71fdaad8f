package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.inference.scripted.Script;
import dev.dialplane.inference.scripted.ScriptReader;
import dev.dialplane.local.scenario.ExpectedTurns;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.ScenarioReader;
import dev.dialplane.local.scenario.live.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What inference is handed to play a scenario's models is what it reads. */
class StageTest {
    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> everyScenarioIsAScriptOfInferences() throws IOException {
        return ScenariosTest.files().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> {
                    Scenario scenario = ScenarioReader.read(file);
                    try (Stage stage = new Stage(scenario, directory)) {
                        stage.models(scenario.models());
                        stage.close();
                        Script script = script(stage);

                        int replies = ExpectedTurns.of(scenario).turns().stream()
                                .mapToInt(turn -> Math.max(1, turn.replies().size()))
                                .sum();
                        assertThat(part(script.languageModel()).replies()).hasSize(replies);
                        assertThat(part(script.speechToText()).finalDelay())
                                .hasMillis(scenario.models().hears());
                        assertThat(part(script.speechToText()).spoken()).isEmpty();
                        assertThat(stage.agent()).containsEntry("greeting", scenario.greeting());
                    }
                }));
    }

    @Test
    void afterTheCallWhoeverCallsPlaysTheCaller() throws IOException {
        Path file = ScenariosTest.files().stream()
                .filter(each -> each.endsWith("cut-twice.yaml"))
                .findFirst()
                .orElseThrow();
        Scenario scenario = ScenarioReader.read(file);
        try (Stage stage = new Stage(scenario, directory)) {
            stage.open();
            stage.close();

            assertThat(part(script(stage).speechToText()).utterances())
                    .extracting(Script.Utterance::text)
                    .containsExactlyElementsOf(ExpectedTurns.of(scenario).texts());
        }
    }

    @Test
    void aToolOfAScenarioIsOneOfThePools() throws IOException {
        Path file = ScenariosTest.files().stream()
                .filter(each -> each.endsWith("tool-slow.yaml"))
                .findFirst()
                .orElseThrow();
        try (Stage stage = new Stage(ScenarioReader.read(file), directory)) {
            assertThat(stage.agent().get("tools"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .singleElement()
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("name", "orders")
                    .hasEntrySatisfying("url", url -> assertThat(url.toString()).startsWith("http://127.0.0.1:"));
        }
    }

    private static <T> T part(Map<String, T> models) {
        return Objects.requireNonNull(models.get("script"));
    }

    private static Script script(Stage stage) throws IOException {
        Path file = Path.of(Objects.requireNonNull(stage.inference().get("DIALPLANE_INFERENCE_SCRIPTED_FILE")));
        return ScriptReader.read("script", Files.readAllBytes(file));
    }
}
