package dev.dialplane.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images of the servers, laid out as in a container and run there. */
class ServerImagesSystemIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"operator", "gateway", "inference"})
    void theJvmBelievesTheCacheWhereTheImageHasIt(String server) throws IOException {
        Images images = new Images(
                Path.of("").toAbsolutePath().resolveSibling(""),
                Path.of(System.getProperty("java.home")),
                directory.resolve("stage"));
        ImageSpec image = switch (server) {
            case "operator" -> images.operator();
            case "gateway" -> images.gateway();
            default -> images.inference();
        };
        Path root = directory.resolve("root");
        LaidOut.in(root, image);
        Path app = root.resolve("app");

        List<String> ours = ServerTraining.startAndEnd(
                        root.resolve("opt/java"),
                        app,
                        List.of(
                                image.entrypoint().get(2).replace("/app", app.toString()),
                                // Ends the JVM if the cache is not of these flags and this runtime.
                                "-XX:AOTMode=on",
                                "-Xlog:class+load"),
                        server)
                .lines()
                .filter(line -> line.contains(" dev.dialplane."))
                .toList();

        assertThat(ours.stream().filter(line -> line.contains("source: shared objects file")))
                .hasSizeGreaterThan(ours.size() * 8 / 10)
                .hasSizeGreaterThan(30);
    }
}
