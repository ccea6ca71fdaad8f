package dev.dialplane.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
    /** Of "hello". */
    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    Path directory;

    @Test
    void itNamesTheImageTheCommitAndEveryFileByItsDigest() throws IOException {
        Files.writeString(Files.createDirectories(directory.resolve("lib")).resolve("a.jar"), "hello");
        ImageSpec image = new ImageSpec(
                "gateway", "", List.of(), Map.of(), Set.of(), List.of(new Layer("libraries", directory, "/app")));

        JsonNode statement = new ObjectMapper()
                .readTree(Provenance.of(
                        image, "docker.io/example/gateway:1", "sha256:abc", new Provenance.Source("c0ffee", true)));

        assertThat(statement.at("/subject/0/name").asText()).isEqualTo("docker.io/example/gateway:1");
        assertThat(statement.at("/subject/0/digest/sha256").asText()).isEqualTo("abc");
        JsonNode dependencies = statement.at("/predicate/buildDefinition/resolvedDependencies");
        assertThat(dependencies.at("/0/digest/gitCommit").asText()).isEqualTo("c0ffee");
        assertThat(dependencies.at("/0/annotations/modified").asBoolean()).isTrue();
        assertThat(dependencies).hasSize(2);
        assertThat(dependencies.at("/1/name").asText()).isEqualTo("/app/lib/a.jar");
        assertThat(dependencies.at("/1/digest/sha256").asText()).isEqualTo(HELLO);
    }
}
