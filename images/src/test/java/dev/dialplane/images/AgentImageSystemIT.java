package dev.dialplane.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's image, made of what this build made. */
class AgentImageSystemIT {
    @TempDir
    static Path directory;

    private static ImageSpec image;
    private static Path root;

    /** Lays the image's layers out in one tree, as a container has them. */
    @BeforeAll
    static void make() throws IOException {
        Path checkout = Path.of("").toAbsolutePath().resolveSibling("");
        image = new Images(checkout, Path.of(System.getProperty("java.home")), directory.resolve("stage")).agent();
        root = directory.resolve("root");
        LaidOut.in(root, image);
    }

    @Test
    void itIsSmall() throws IOException {
        Path file = directory.resolve("agent-runtime.tar");
        new Archive("docker.io/dialplane", "test", directory.resolve("layers")).write(image, file);

        assertThat(Files.size(file)).isLessThan(80_000_000);
    }

    @Test
    void itHasNoShellAndNothingElseToRunThanJava() throws IOException {
        try (var files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)
                            .filter(Files::isExecutable)
                            .filter(file -> !file.toString().contains(".so"))
                            .map(root::relativize)
                            .map(Path::toString))
                    .containsExactlyInAnyOrder(
                            "opt/java/bin/java",
                            "opt/java/bin/keytool",
                            "opt/java/lib/jexec",
                            "opt/java/lib/jspawnhelper");
        }
    }

    @Test
    void theJvmBelievesTheCacheWhereTheImageHasIt() throws IOException {
        Path app = root.resolve("app");
        List<String> command = new ArrayList<>(List.of(
                root.resolve("opt/java/bin/java").toString(),
                "@" + app.resolve("agent.flags"),
                "-XX:AOTCache=" + app.resolve("agent-runtime.aot"),
                // Ends the JVM if the cache is not of these flags and this runtime.
                "-XX:AOTMode=on",
                "-Xlog:class+load",
                "-jar",
                app.resolve("agent-runtime.jar").toString(),
                "--rehearse"));

        List<String> ours = Commands.run(command)
                .lines()
                .filter(line -> line.contains(" dev.dialplane."))
                .toList();

        assertThat(ours.stream().filter(line -> line.contains("source: shared objects file")))
                .hasSizeGreaterThan(ours.size() * 9 / 10)
                .hasSizeGreaterThan(300);
    }
}
