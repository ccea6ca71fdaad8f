package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.components.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code .ci/release} refuses before it builds anything. */
class ReleaseTest {
    @TempDir
    Path checkout;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3      | The tag '1.2.3' is no version; a release is called vMAJOR.MINOR.PATCH",
                "v1.2       | The tag 'v1.2' is no version",
                "v1.2.3;id  | The tag 'v1.2.3;id' is no version",
                "v9.9.9     | CHANGELOG.md has no section '## [9.9.9]'"
            })
    void whatIsNoReleaseIsRefusedWithTheReason(String tag, String reason) throws Exception {
        Result result = check(tag, "## [Unreleased]\n");

        assertThat(result.exit).isEqualTo(1);
        assertThat(result.printed).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({"v9.9.9", "v9.9.9-rc.1"})
    void aTagWithASectionInTheChangelogCanBeReleased(String tag) throws Exception {
        Result result = check(tag, "## [9.9.9-rc.1]\n\n## [9.9.9] - 2026-11-29\n");

        assertThat(result.printed).contains(tag + " can be released");
        assertThat(result.exit).isZero();
    }

    @Test
    void theChangelogOfThisCheckoutHasAPlaceForWhatComes() throws IOException {
        assertThat(Files.readString(Checkout.root().resolve("CHANGELOG.md"))).contains("## [Unreleased]");
    }

    private record Result(int exit, String printed) {}

    private Result check(String tag, String changelog) throws Exception {
        for (String file : new String[] {".ci/release", "local/src/main/bash/prelude.sh"}) {
            Path copy = checkout.resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Checkout.root().resolve(file), copy);
        }
        Files.writeString(checkout.resolve("CHANGELOG.md"), changelog);
        Process script = new ProcessBuilder(
                        "bash", checkout.resolve(".ci/release").toString(), "--check", tag)
                .redirectErrorStream(true)
                .start();
        String printed = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(script.waitFor(), printed);
    }
}
