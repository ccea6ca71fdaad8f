package dev.dialplane.local.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Ends;
import dev.dialplane.local.scenario.Scenario.Heard;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Words;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioReaderTest {
    private static final String HEAD = "scenario: s\nabout: a\n";

    @Test
    void aConversationIsReadAsItIsWritten() throws MalformedException {
        Scenario scenario = ScenarioReader.parse(HEAD + """
                models: {think: 1s500ms, fallback: 100ms}
                call:
                - caller: "On Monday, [900ms] or (cough 300ms) Friday."
                  into: 2s
                - agent: "Friday it is."
                  silent within: 300ms
                  asks: yes or no
                - ends: CallerHungUp
                  within: 1m
                """);

        assertThat(scenario.models().thinks()).isEqualTo(1500);
        assertThat(scenario.models().fallback()).isEqualTo(100);
        assertThat(scenario.steps().getFirst()).isInstanceOfSatisfying(Caller.class, caller -> {
            assertThat(caller.parts())
                    .containsExactly(
                            new Words("On Monday,"),
                            new Pause(900),
                            new Words("or"),
                            new Sound(300),
                            new Words("Friday."));
            assertThat(caller.into()).isEqualTo(2000);
            assertThat(caller.counts()).isTrue();
        });
        assertThat(scenario.steps().get(1)).isInstanceOfSatisfying(Agent.class, agent -> {
            assertThat(agent.heard()).isEqualTo(Heard.CUT);
            assertThat(agent.asks()).isEqualTo("yes or no");
        });
        assertThat(scenario.steps().getLast()).isEqualTo(new Ends("CallerHungUp", 60_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "call: []                                        | call has to be a list of 1 to 100 steps",
                "call: [{caller: hi, loudly: true}]              | call[0] has 'loudly', allowed are after, caller, counts, into",
                "call: [{caller: hi, into: soon}]                | call[0].into: 'soon' is not a duration: write a number and a unit",
                "call: [{caller: hi, into: 90m}]                 | call[0].into is '90m', allowed is an hour at most",
                "call: [{caller: 'hi [1s]'}]                     | it has to begin and end with words or a sound",
                "call: [{keys: 12a}]                             | call[0].keys is \"12a\", allowed is 1 to 32 of 0-9, * and #",
                "call: [{agent: hi, heard: half}]                | call[0].heard is \"half\", allowed is whole or cut",
                "call: [{agent: hi, asks: why}]                  | call[0].asks is \"why\", allowed is nothing, anything, yes or no, a value",
                "call: [sing]                                    | call[0] is \"sing\", allowed is a step",
                "'carrier: rewinds, call: [{quiet: 1s}]'         | it is no YAML",
                "call: [{caller: 'hi [1.5s] you'}]               | call[0].caller: '1.5s' is not a duration",
                "call: [{caller: (cough 1.5s) hi}]               | call[0].caller: '1.5s' is not a duration",
                "'{'                                             | it is no YAML"
            })
    void whatIsWrongIsSaidWithItsPlaceItsValueAndWhatIsAllowed(String rest, String message) {
        assertThatThrownBy(() -> ScenarioReader.parse(HEAD + rest)).hasMessageContaining(message);
    }

    @Test
    void aFileThatIsTooLargeIsNotRead(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("large.yaml");
        Files.writeString(file, "#".repeat(70_000));

        assertThatThrownBy(() -> ScenarioReader.read(file))
                .hasMessageContaining("large.yaml has 70000 bytes, allowed are 65536");
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapes(byte[] data) {
        try {
            assertThat(ScenarioReader.parse(new String(data, StandardCharsets.UTF_8))
                            .steps())
                    .isNotEmpty();
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
