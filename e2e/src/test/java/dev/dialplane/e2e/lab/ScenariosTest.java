package dev.dialplane.e2e.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.ScenarioReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every conversation of {@code e2e/scenarios} goes as it is written down. */
class ScenariosTest {
    private static final Path SCENARIOS = Checkout.root().resolve("e2e/scenarios");

    @TestFactory
    Stream<DynamicTest> each() throws IOException {
        return files().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), file.toUri(), () -> play(file)));
    }

    private static void play(Path file) throws IOException {
        Scenario scenario = ScenarioReader.read(file);
        try (Lab lab = new Lab(scenario)) {
            lab.play();
        }
    }

    @Test
    void thereAreEnoughAndEachShowsSomethingElse() throws IOException {
        List<String> titles = files().stream().map(ScenariosTest::title).toList();

        assertThat(titles).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
    }

    private static String title(Path file) {
        try {
            return ScenarioReader.read(file).title();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<Path> files() throws IOException {
        try (var all = Files.list(SCENARIOS)) {
            return all.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }
}
