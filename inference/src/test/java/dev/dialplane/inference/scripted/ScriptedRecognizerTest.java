package dev.dialplane.inference.scripted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.inference.v1.Transcript;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Hearing;
import dev.dialplane.inference.hearing.HearingListener;
import dev.dialplane.inference.hearing.HearingRequest;
import dev.dialplane.inference.scripted.Script.HearingScript;
import dev.dialplane.inference.timing.ManualTimers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ScriptedRecognizerTest {
    private static final String SCRIPT = """
            speechToText:
              script:
                finalDelay: 100ms
                partials: {every: 500ms, wordsPerSecond: 2, delay: 30ms}
                utterances:
                  - {text: one two three, minAudio: 200ms}
                  - {text: four five six, finalDelay: 40ms}
                  - {text: "", error: {kind: ProviderDown}}
            """;

    private final ManualTimers timers = new ManualTimers();
    private HearingScript script = script(SCRIPT);
    private final ScriptedRecognizer recognizer = new ScriptedRecognizer("script", () -> script, timers);

    private static HearingScript script(String yaml) {
        return Objects.requireNonNull(
                ScriptReader.read("test", yaml.getBytes(UTF_8)).speechToText().get("script"));
    }

    @Test
    void finalTranscriptsComeInOrderEachAfterItsDelay() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 1000);
        call.finish(1, false);
        pass(99);
        assertThat(heard.finals()).isEmpty();
        pass(1);
        assertThat(heard.finals()).containsExactly("one two three");
        speak(call, 2, 1000);
        call.finish(2, false);
        pass(40);
        assertThat(heard.finals()).containsExactly("one two three", "four five six");
    }

    @Test
    void partialsGrowWithTheAudioAndComeAfterTheirDelay() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 400);
        pass(1000);
        assertThat(heard.all).isEmpty();
        speak(call, 1, 100);
        pass(29);
        assertThat(heard.all).isEmpty();
        pass(1);
        assertThat(heard.partials()).containsExactly("one");
        speak(call, 1, 1000);
        pass(30);
        assertThat(heard.partials()).containsExactly("one", "one two", "one two three");
    }

    @Test
    void audioAfterASpeculativeFinalTakesItBackAndKeepsTheEntry() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 500);
        call.finish(1, true);
        pass(50);
        speak(call, 1, 100);
        pass(1000);
        assertThat(heard.finals()).isEmpty();
        call.finish(1, true);
        pass(100);
        speak(call, 1, 100);
        call.finish(1, false);
        pass(100);
        assertThat(heard.finals()).containsExactly("one two three", "one two three");
        speak(call, 2, 500);
        call.finish(2, false);
        pass(100);
        assertThat(heard.finals()).endsWith("four five six");
    }

    @Test
    void aFinalAfterASpeculativeOneWithoutMoreAudioComesAtOnce() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 500);
        call.finish(1, true);
        pass(100);
        call.finish(1, false);
        pass(0);
        assertThat(heard.finals()).hasSize(2);
    }

    @Test
    void aCancelledUtteranceIsSilentAndGivesItsEntryBack() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 1000);
        call.finish(1, false);
        call.cancel(1);
        pass(1000);
        assertThat(heard.finals()).isEmpty();
        speak(call, 2, 1000);
        call.finish(2, true);
        pass(100);
        call.cancel(2);
        speak(call, 3, 1000);
        call.finish(3, false);
        pass(100);
        assertThat(heard.finals()).containsExactly("one two three", "one two three");
    }

    @Test
    void aNoiseShorterThanItsEntryAllowsIsHeardAsNothing() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 100);
        call.finish(1, false);
        pass(100);
        speak(call, 2, 500);
        call.finish(2, false);
        pass(100);
        assertThat(heard.finals()).containsExactly("", "one two three");
    }

    @Test
    void everyCallWalksTheScriptFromItsStartAndGoesOnOverStreamsWhereItsAgentWas() {
        Heard first = new Heard();
        Heard second = new Heard();
        Hearing a = open("a", first);
        Hearing b = open("b", second);
        for (Hearing call : List.of(a, b)) {
            speak(call, 1, 500);
            call.finish(1, false);
        }
        pass(100);
        assertThat(first.finals()).isEqualTo(second.finals()).containsExactly("one two three");
        a.close();
        Heard again = new Heard();
        Hearing inMidUtterance = open("a", 0, again);
        speak(inMidUtterance, 1, 500);
        inMidUtterance.finish(1, false);
        pass(100);
        inMidUtterance.close();
        Hearing after = open("a", 1, again);
        speak(after, 7, 500);
        after.finish(7, false);
        pass(100);
        assertThat(again.finals()).containsExactly("one two three", "four five six");
    }

    @Test
    void aScriptedErrorEndsItsUtteranceOnly() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        for (int id = 1; id <= 4; id++) {
            speak(call, id, 500);
            call.finish(id, false);
            pass(100);
        }
        assertThat(heard.failures).hasSize(1);
        assertThat(heard.finals()).containsExactly("one two three", "four five six", "one two three");
    }

    @Test
    void wordsThatAreSpokenAtAMomentAreHeardInTheAudioOfThatMoment() {
        script = script("""
                speechToText:
                  script:
                    finalDelay: 60ms
                    spoken:
                      - {at: 1100ms, text: "On Monday,"}
                      - {at: 2400ms, text: or Friday.}
                      - {at: 9s, text: "Hello?"}
                """);
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 900, 1200);
        call.finish(1, true);
        pass(60);
        speak(call, 1, 1200, 1700);
        call.finish(1, true);
        pass(60);
        speak(call, 1, 1700, 3000);
        call.finish(1, false);
        pass(60);
        speak(call, 2, 5000, 5500);
        call.finish(2, false);
        pass(60);

        assertThat(heard.finals())
                .as("of 200 ms and less of a word nothing is heard; of noise nothing")
                .containsExactly("", "On Monday,", "On Monday, or Friday.", "");
        assertThat(heard.partials()).isEmpty();
    }

    @Test
    void wordsAndDelaysMayBeWrittenDownWhileACallIsOn() {
        script = script("speechToText: {script: {finalDelay: 60ms, spoken: []}}");
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 0, 1000);
        script = script("speechToText: {script: {finalDelay: 500ms, spoken: [{at: 300ms, text: Late}]}}");
        call.finish(1, false);
        pass(499);
        assertThat(heard.finals()).isEmpty();
        pass(1);
        assertThat(heard.finals()).containsExactly("Late");
    }

    @Test
    void aClosedStreamLeavesNoTimerAndSaysNothing() {
        Heard heard = new Heard();
        Hearing call = open("a", heard);
        speak(call, 1, 2000);
        call.finish(1, false);
        assertThat(timers.waiting()).isPositive();
        call.close();
        assertThat(timers.waiting()).isZero();
        pass(1000);
        assertThat(heard.all).isEmpty();
    }

    private Hearing open(String call, Heard heard) {
        return open(call, 0, heard);
    }

    private Hearing open(String call, int finished, Heard heard) {
        return recognizer.open(
                new HearingRequest(call, finished, "en-IN", 8000, List.of(), true, Duration.ZERO), heard);
    }

    private static void speak(Hearing call, long utterance, int millis) {
        speak(call, utterance, 0, millis);
    }

    private static void speak(Hearing call, long utterance, int fromMs, int toMs) {
        for (int at = fromMs; at < toMs; at += 100) {
            call.audio(utterance, at, new short[800]);
        }
    }

    private void pass(int millis) {
        timers.pass(Duration.ofMillis(millis));
    }

    private static final class Heard implements HearingListener {
        final List<Transcript> all = new ArrayList<>();
        final List<ModelException> failures = new ArrayList<>();

        @Override
        public void heard(Transcript transcript) {
            all.add(transcript);
        }

        @Override
        public void failed(long utterance, ModelException failure) {
            failures.add(failure);
        }

        List<String> finals() {
            return all.stream()
                    .filter(Transcript::getFinal)
                    .map(Transcript::getText)
                    .toList();
        }

        List<String> partials() {
            return all.stream()
                    .filter(it -> !it.getFinal())
                    .map(Transcript::getText)
                    .toList();
        }
    }
}
