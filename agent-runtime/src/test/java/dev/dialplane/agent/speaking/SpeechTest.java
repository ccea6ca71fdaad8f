package dev.dialplane.agent.speaking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dialplane.agent.speaking.Speech.Parted;
import dev.dialplane.agent.speaking.Speech.Span;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Audio at 1000 samples a second, so that samples are ms. */
class SpeechTest {
    private static final List<Span> WORDS =
            List.of(new Span(0, 3, 0, 200), new Span(4, 7, 300, 500), new Span(8, 12, 500, 900));

    @ParameterizedTest(name = "{0} ms: {1} / {2}")
    @CsvSource({
        "0,    '',            one two four.",
        "199,  '',            one two four.",
        "200,  one,           two four.",
        "450,  one,           two four.",
        "500,  one two,       four.",
        "899,  one two,       four.",
        "1000, one two four., ''"
    })
    void theTextIsPartedAfterTheLastWordThatWasHeardToItsEnd(int heard, String before, String after) {
        Speech speech = speech("one two four.", WORDS);

        speech.heard(heard);

        assertThat(speech.parted()).isEqualTo(new Parted(before, after));
    }

    @ParameterizedTest(name = "{0} ms: {1} / {2}")
    @CsvSource({
        "0,    '',                 one two three four",
        "150,  '',                 one two three four",
        "200,  one,                two three four",
        "400,  one two,            three four",
        "800,  one two three,      four",
        "1000, one two three four, ''"
    })
    void aVoiceThatTellsNoWordsIsTakenToSpeakEvenly(int heard, String before, String after) {
        Speech speech = speech("one two three four", List.of());

        speech.heard(heard);

        assertThat(speech.parted()).isEqualTo(new Parted(before, after));
    }

    @Test
    void aClauseThatIsStillComingIsTakenToBeAsLongAsVoicesUsuallyTake() {
        Speech speech = new Speech(1000, 1);
        speech.text("one two three four five six seven");
        speech.pieceBegins(0);
        speech.append(new byte[600], 0, 600);
        speech.heard(600);

        // 33 characters at 15 a second: 2.2 s, of which 9 characters.
        assertThat(speech.parted()).isEqualTo(new Parted("one two", "three four five six seven"));
    }

    @Test
    void aClauseWithoutAnyAudioWasNotHeardUnlessAllIsOver() {
        Speech speech = speech("one two four.", WORDS);
        speech.text("And more.");
        speech.heard(1000);
        assertThat(speech.parted()).isEqualTo(new Parted("one two four.", "And more."));

        speech.pieceEnds(1, List.of());

        assertThat(speech.parted()).isEqualTo(new Parted("one two four. And more.", ""));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "100, 0", "299, 0", "300, 300", "450, 300", "700, 500", "950, 500", "1000, 1000", "2000, 1000"})
    void goesOnAtTheStartOfTheWordThatWasCut(int cut, int resumed) {
        assertThat(speech("one two four.", WORDS).resumeAt(cut)).isEqualTo(resumed);
    }

    @ParameterizedTest
    @CsvSource({"100, 0", "300, 0", "700, 400", "1000, 1000"})
    void goesOn300MillisecondsBeforeWhereNoWordIsKnown(int cut, int resumed) {
        Span clause = new Span(0, 13, 0, 1000);

        assertThat(speech("one two four.", List.of()).resumeAt(cut)).isEqualTo(resumed);
        assertThat(speech("one two four.", List.of(clause)).resumeAt(cut)).isEqualTo(resumed);
    }

    @ParameterizedTest
    @CsvSource({"-1, 3, 0, 200", "5, 3, 0, 200", "0, 3, 300, 200", "90, 95, 0, 200"})
    void aSpanThatCannotBeIsNotBelieved(int textStart, int textEnd, int sampleStart, int sampleEnd) {
        Speech speech = speech("one two four.", List.of(new Span(textStart, textEnd, sampleStart, sampleEnd)));
        speech.heard(400);

        assertThat(speech.parted()).isEqualTo(new Parted("one", "two four."));
        assertThat(speech.resumeAt(400)).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0", "400, 400", "5000, 1000"})
    void nobodyHearsMoreThanThereIs(int told, int heard) {
        Speech speech = speech("one two four.", WORDS);

        speech.heard(told);

        assertThat(speech.heard()).isEqualTo(heard);
    }

    @Test
    void holdsAllItsAudioInTheCarriersBytes() {
        Speech speech = new Speech(8000, 2);
        byte[] block = new byte[3000];
        for (int i = 0; i < 10; i++) {
            block[0] = (byte) i;
            speech.append(block, 0, block.length);
        }

        assertThat(speech.samples()).isEqualTo(15_000);
        assertThat(speech.copy()).hasSize(30_000);
        assertThat(speech.copy()[27_000]).isEqualTo((byte) 9);
    }

    @Test
    void audioOfAClauseThatNobodyWroteIsAnError() {
        Speech speech = new Speech(8000, 1);

        assertThatThrownBy(() -> speech.pieceBegins(0)).hasMessage("piece is 0, there are 0");
    }

    /** One clause of a second. */
    private static Speech speech(String text, List<Span> spans) {
        Speech speech = new Speech(1000, 1);
        speech.text(text);
        speech.pieceBegins(0);
        speech.append(new byte[1000], 0, 1000);
        speech.pieceEnds(0, spans);
        speech.complete();
        return speech;
    }
}
