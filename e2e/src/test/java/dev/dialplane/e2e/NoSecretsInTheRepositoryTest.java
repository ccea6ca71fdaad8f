package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.local.components.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No file of the repository holds something that looks like a credential of a provider. */
class NoSecretsInTheRepositoryTest {
    private static final long LARGEST = 1_000_000;

    /** As their makers document them. */
    private static final Map<String, Pattern> CREDENTIALS = Map.of(
            "private key", Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----\\s+[A-Za-z0-9+/=\\s]{64,}"),
            "AWS access key", Pattern.compile("\\b(AKIA|ASIA)[0-9A-Z]{16}\\b"),
            "GitHub token", Pattern.compile("\\b(gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})"),
            "Google API key", Pattern.compile("\\bAIza[0-9A-Za-z_-]{35}\\b"),
            "OpenAI key", Pattern.compile("\\bsk-[A-Za-z0-9_-]{32,}"),
            "Slack token", Pattern.compile("\\bxox[abprs]-[0-9A-Za-z-]{20,}"),
            "Twilio API key", Pattern.compile("\\bSK[0-9a-f]{32}\\b"),
            "JSON web token", Pattern.compile("\\beyJ[A-Za-z0-9_-]{20,}\\.eyJ[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}"));

    @Test
    void noFileHoldsOne() throws Exception {
        Path root = Checkout.root();
        Process list = new ProcessBuilder("git", "ls-files", "-z")
                .directory(root.toFile())
                .start();
        String[] files = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\0");
        assertThat(list.waitFor()).isZero();

        List<String> found = new ArrayList<>();
        for (String file : files) {
            Path path = root.resolve(file);
            if (Files.isRegularFile(path) && Files.size(path) < LARGEST) {
                credentialsIn(path).forEach(kind -> found.add(file + ": " + kind));
            }
        }

        assertThat(files).hasSizeGreaterThan(500);
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AKI" + "AIOSFODNN7EXAMPLE", "s" + "k-0123456789abcdef0123456789abcdef01234567"})
    void itWouldBeFound(String secret) throws IOException {
        Path file = Files.createTempFile("secret", ".txt");
        Files.writeString(file, "key: " + secret + "\n");

        assertThat(credentialsIn(file)).hasSize(1);
        Files.delete(file);
    }

    private static List<String> credentialsIn(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return CREDENTIALS.entrySet().stream()
                .filter(kind -> kind.getValue().matcher(text).find())
                .map(Map.Entry::getKey)
                .toList();
    }
}
