package dev.dialplane.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveScriptTest {
    @TempDir
    Path directory;

    @Test
    void anotherFileInItsPlaceIsTheScriptFromThenOn() throws IOException {
        LiveScript live = new LiveScript(put("100ms"));
        assertThat(delay(live)).hasMillis(100);

        put("200ms");

        assertThat(delay(live)).hasMillis(200);
    }

    @Test
    void aFileThatIsNoScriptOrIsGoneChangesNothing() throws IOException {
        Path file = put("100ms");
        LiveScript live = new LiveScript(file);

        Files.writeString(file, "speechToText: [");
        assertThat(delay(live)).hasMillis(100);
        Files.writeString(file, "#".repeat(ScriptReader.MAX_BYTES + 1));
        assertThat(delay(live)).hasMillis(100);
        Files.delete(file);
        assertThat(delay(live)).hasMillis(100);

        put("300ms");
        assertThat(delay(live)).hasMillis(300);
    }

    @Test
    void aFileThatIsNoScriptInTheBeginningIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("script.yaml"), "speechToText: {script: {finalDelay: soon}}");

        assertThatThrownBy(() -> new LiveScript(file)).hasMessageContaining("finalDelay is \"soon\"");
    }

    private static Duration delay(LiveScript live) {
        return java.util.Objects.requireNonNull(live.now().speechToText().get("script"))
                .finalDelay();
    }

    private Path put(String finalDelay) throws IOException {
        Path next = Files.writeString(
                directory.resolve("next.yaml"), "speechToText: {script: {finalDelay: " + finalDelay + "}}");
        return Files.move(next, directory.resolve("script.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }
}
