package dev.dialplane.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    @TempDir
    Path directory;

    @Test
    void theSameFilesMakeTheSameArchiveWheneverAndWhereverTheyWereMade() throws IOException {
        Path first = archive("first", "hello", Instant.parse("2026-01-02T03:04:05Z"));
        Path second = archive("second", "hello", Instant.parse("2026-11-27T08:00:00Z"));
        Path other = archive("third", "hullo", Instant.parse("2026-01-02T03:04:05Z"));

        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(Files.mismatch(first, other)).isNotNegative();
    }

    @Test
    void everyFileBelongsToRootAndIsWritableByNobody() throws IOException {
        Path archive = archive("image", "hello", Instant.now());

        Map<String, String> files = new HashMap<>();
        for (byte[] layer : layers(archive)) {
            for (TarArchiveEntry entry : entries(layer)) {
                if (entry.isFile()) {
                    files.put(
                            entry.getName(),
                            "%o %d:%d %s"
                                    .formatted(
                                            entry.getMode() & 0777,
                                            entry.getLongUserId(),
                                            entry.getLongGroupId(),
                                            entry.getModTime().toInstant()));
                }
            }
        }

        assertThat(files)
                .containsOnly(
                        Map.entry("app/run", "555 0:0 1970-01-01T00:00:01Z"),
                        Map.entry("app/lib/data.jar", "444 0:0 1970-01-01T00:00:01Z"));
    }

    @Test
    void itRunsAsNobodyAndIsAnOciImage() throws IOException {
        Path archive = archive("image", "hello", Instant.now());

        List<String> texts = blobs(archive).values().stream()
                .filter(blob -> blob.length > 0 && blob[0] == '{')
                .map(blob -> new String(blob, StandardCharsets.UTF_8))
                .toList();

        assertThat(texts)
                .anySatisfy(text -> assertThat(text)
                        .contains("\"User\":\"65532:65532\"")
                        .contains("\"Entrypoint\":[\"/app/run\"]")
                        .contains("\"8080/tcp\""));
        assertThat(texts)
                .anySatisfy(text -> assertThat(text)
                        .contains("application/vnd.oci.image.index.v1+json")
                        .contains("example/thing:1.2.3"));
    }

    private Path archive(String name, String content, Instant time) throws IOException {
        Path source = directory.resolve(name);
        Files.createDirectories(source.resolve("lib"));
        Path run = Files.writeString(source.resolve("run"), content);
        assertThat(run.toFile().setExecutable(true)).isTrue();
        Path jar = Files.writeString(source.resolve("lib/data.jar"), "a jar");
        Files.setLastModifiedTime(run, FileTime.from(time));
        Files.setLastModifiedTime(jar, FileTime.from(time));
        ImageSpec image = new ImageSpec(
                "thing",
                "A thing",
                List.of("/app/run"),
                Map.of("A", "1"),
                Set.of(8080),
                List.of(new Layer("process", source, "/app")));
        Path file = directory.resolve(name + ".tar");
        new Archive("docker.io/example", "1.2.3", directory.resolve("layers")).write(image, file);
        return file;
    }

    private static Map<String, byte[]> blobs(Path archive) throws IOException {
        Map<String, byte[]> blobs = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                blobs.put(entry.getName(), tar.readAllBytes());
            }
        }
        return blobs;
    }

    private static List<byte[]> layers(Path archive) throws IOException {
        return blobs(archive).values().stream()
                .filter(blob -> blob.length > 2 && blob[0] == 0x1f && blob[1] == (byte) 0x8b)
                .toList();
    }

    private static List<TarArchiveEntry> entries(byte[] layer) throws IOException {
        List<TarArchiveEntry> entries = new java.util.ArrayList<>();
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new GZIPInputStream(new ByteArrayInputStream(layer)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
