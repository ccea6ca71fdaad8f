package dev.dialplane.crds;

import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.session.CallSession;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Generates the CustomResourceDefinitions of {@code manifests/crds} from the records. */
final class CrdYaml {

    static final List<Class<? extends CustomResource<?, ?>>> RESOURCES =
            List.of(VoiceAgentPool.class, CallSession.class);

    private static final String HEADER = """
            # Generated from the Java records in crds/src/main/java; do not edit.
            # To regenerate: ./mvnw -q test -pl crds -Dtest=CrdYamlTest -Ddialplane.crds.write=true
            """;

    private CrdYaml() {}

    /** Where the files are in the repository. */
    static Path directory() {
        Path module = Path.of("").toAbsolutePath();
        return (Files.isDirectory(module.resolve("crds")) ? module : module.resolveSibling("."))
                .normalize()
                .resolve("manifests/crds");
    }

    /** Returns every file's text by its name. */
    static Map<String, String> generate() {
        Map<String, ByteArrayOutputStream> written = new TreeMap<>();
        new CRDGenerator()
                .customResourceClasses(List.<Class<? extends HasMetadata>>copyOf(RESOURCES))
                .forCRDVersions("v1")
                .withPostProcessor(new WhatAnnotationsCannotSay())
                .withOutput(new InMemory(written))
                .detailedGenerate();
        Map<String, String> files = new TreeMap<>();
        written.forEach((name, bytes) -> files.put(
                name.replace("-v1", "") + ".yaml",
                HEADER
                        + bytes.toString(StandardCharsets.UTF_8)
                                .lines()
                                .filter(line -> !line.startsWith("#"))
                                .reduce("", (text, line) -> text + line + "\n")));
        return files;
    }

    /** Writes every file. */
    static void write() {
        try {
            Files.createDirectories(directory());
            for (var file : generate().entrySet()) {
                Files.writeString(directory().resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record InMemory(Map<String, ByteArrayOutputStream> written)
            implements CRDGenerator.CRDOutput<OutputStream> {
        @Override
        public OutputStream outputFor(String name) {
            return written.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
        }

        @Override
        public URI crdURI(String name) {
            return directory().resolve(name).toUri();
        }

        @Override
        public void close() {}
    }
}
