package dev.dialplane.inference.scripted;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptReaderTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            speechToText: {script: {finalDelay: 8 parsecs}} | speechToText.script.finalDelay is "8 parsecs", allowed is a duration
            speechToText: {script: {finalDelay: -5ms}}      | speechToText.script.finalDelay is "-5ms"
            speechToText: {script: {utterances: [{words: x}]}} | speechToText.script.utterances[0].words is not known, allowed are error, finalDelay
            languageModel: {script: {replies: [{}, {action: {kind: Sing}}]}} | languageModel.script.replies[1].action.kind is "Sing", allowed is one of
            languageModel: {script: {replies: [{action: {kind: SendDigits, digits: 1x}}]}} | action.digits is 1x, allowed is 1 to 32 of
            languageModel: {script: {replies: [{action: {kind: HangUp, digits: 1}}]}} | action.digits is 1, allowed is 1 to 32 of
            languageModel: {script: {atEnd: never}}         | languageModel.script.atEnd is "never", allowed is one of
            languageModel: {script: {replies: [{say: x, pieces: [y]}]}} | languageModel.script.replies[0]: pieces is [y], allowed is nothing beside say
            textToSpeech: {script: {sampleRate: 12345}}     | sampleRate is 12345, allowed is 8000, 16000, 22050 or 24000
            speechToText: {script: ]                          | line 1, column 24
            hello                                           | test.yaml: the document
            """)
    void aMistakeIsNamedWithItsFieldItsValueAndWhatIsAllowed(String yaml, String message) {
        assertThatThrownBy(() -> ScriptReader.read("test.yaml", yaml.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith("test.yaml: ");
    }

    @Test
    void aGiantFileIsRefused() {
        assertThatThrownBy(() -> ScriptReader.read("big.yaml", new byte[ScriptReader.MAX_BYTES + 1]))
                .hasMessageContaining("allowed are 1048576");
    }

    @Test
    void theBuiltInConversationHasAReplyForEveryUtteranceAndEndsWithAHangUp() throws IOException {
        Script script;
        try (InputStream in =
                Objects.requireNonNull(ScriptedProvider.class.getResourceAsStream("sample-conversation.yaml"))) {
            script = ScriptReader.read("sample-conversation.yaml", in.readAllBytes());
        }
        var utterances =
                Objects.requireNonNull(script.speechToText().get("script")).utterances();
        var replies =
                Objects.requireNonNull(script.languageModel().get("script")).replies();
        assertThat(utterances).hasSize(5);
        assertThat(replies).hasSameSizeAs(utterances);
        assertThat(Objects.requireNonNull(replies.getLast().action()).kind())
                .isEqualTo(Script.ScriptedAction.Kind.HANG_UP);
        assertThat(script.languageModel()).containsKey("apology");
    }
}
