package dev.dialplane.local.caller.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerScriptTest {
    @Test
    void withoutDescriptionEachUtteranceFollowsTheReply() throws IOException {
        CallerScript script = CallerScript.split(threeUtterances(), null, "r.wav");
        assertThat(script.utterances()).hasSize(3).allSatisfy(utterance -> {
            assertThat(utterance.when()).isEqualTo(new Utterance.AfterReply(600));
            assertThat(utterance.reference()).isNull();
            assertThat(utterance.onset()).isEqualTo(60 * 8);
            assertThat(utterance.samples().length - utterance.end()).isEqualTo(60 * 8);
        });
        assertThat(script.utterances().get(1).speech())
                .as("a pause of 300 ms inside")
                .containsExactly(new Span(480, 480 + 1600), new Span(480 + 4000, 480 + 5600));
    }

    @Test
    void theDescriptionSaysWhatAndWhen() throws IOException, MalformedException {
        Sidecar sidecar = Sidecar.read("""
                utterances:
                  - text: Hello
                  - text: "Yes: please"
                    waitMs: 900
                  - interrupts: {afterMs: 1500}
                """);
        List<Utterance> said =
                CallerScript.split(threeUtterances(), sidecar, "r.wav").utterances();
        assertThat(said).extracting(Utterance::reference).containsExactly("Hello", "Yes: please", null);
        assertThat(said)
                .extracting(Utterance::when)
                .containsExactly(
                        new Utterance.AfterReply(600), new Utterance.AfterReply(900), new Utterance.Interrupting(1500));
    }

    @Test
    void aDescriptionOfAnotherNumberOfUtterancesIsRefused() {
        assertThatThrownBy(() ->
                        CallerScript.split(threeUtterances(), Sidecar.read("utterances: [{text: Hello}]"), "r.wav"))
                .isInstanceOf(IOException.class)
                .hasMessage("r.wav has 3 utterances (parted by pauses of 700 ms and more), but 1 are described");
    }

    @Test
    void aRecordingWithoutSpeechIsRefused() {
        assertThatThrownBy(() -> CallerScript.split(new short[16_000], null, "r.wav"))
                .hasMessage("r.wav has no speech in it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                             | the file is [], allowed is an object",
                "said: []                                       | the file has 'said', allowed are utterances",
                "utterances: none                               | utterances is \"none\", allowed is a list",
                "utterances: [{text: 5}]                        | utterances[0].text is 5, allowed is text",
                "utterances: [{txt: a}]                         | utterances[0] has 'txt', allowed are interrupts, text, waitMs",
                "utterances: [{text: a}, {waitMs: -1}]          | utterances[1].waitMs is -1, allowed is 0 to 60000",
                "utterances: [{interrupts: {afterMs: soon}}]    | utterances[0].interrupts.afterMs is \"soon\"",
                "utterances: [{interrupts: 5}]                  | utterances[0].interrupts is 5, allowed is an object",
                "utterances: [{waitMs: 1, interrupts: {afterMs: 1}}] | utterances[0] has both interrupts and waitMs",
                "'utterances: ['                                | it is no YAML",
            })
    void saysWhatIsWrongWithADescription(String yaml, String complaint) {
        assertThatThrownBy(() -> Sidecar.read(yaml))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void theSampleCallerSaysNineThingsAndInterruptsOnce() {
        List<Utterance> said = CallerScript.receptionist().utterances();
        assertThat(said).hasSize(9);
        assertThat(said.getFirst().reference()).isEqualTo("Hi, what time are you open on Saturday?");
        assertThat(said.stream().filter(u -> u.when() instanceof Utterance.Interrupting))
                .singleElement()
                .satisfies(u -> assertThat(u.reference()).contains("park"));
        assertThat(said).allSatisfy(u -> assertThat((u.end() - u.onset()) / 8).isBetween(700, 2500));
    }

    @Test
    void thereAreTwelveClipsForMeasurements() {
        assertThat(CallerScript.clips().utterances()).hasSize(12).allSatisfy(u -> {
            assertThat(u.reference()).isNotBlank();
            assertThat((u.end() - u.onset()) / 8).isBetween(600, 2500);
        });
    }

    @FuzzTest(maxDuration = "2m")
    void nothingEscapesTheDescription(byte[] data) {
        try {
            assertThat(Sidecar.read(new String(data, StandardCharsets.UTF_8)).lines())
                    .isNotEmpty();
        } catch (MalformedException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static short[] threeUtterances() {
        short[] samples = SpeechSpansTest.noise(6000, -70);
        SpeechSpansTest.sound(samples, 300, 900);
        SpeechSpansTest.sound(samples, 1700, 1900);
        SpeechSpansTest.sound(samples, 2200, 2400);
        SpeechSpansTest.sound(samples, 4000, 4500);
        return samples;
    }
}
