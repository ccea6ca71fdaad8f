package dev.dialplane.images;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Where an image comes from, for those who check that before they run it: an in-toto statement with SLSA provenance v1
 * (slsa.dev/spec/v1.0/provenance). It names the commit, the Java that built it, and every file in the image by its digest.
 * It is not signed; {@code cosign attest} does that where there is a key.
 */
final class Provenance {
    private static final String BUILD_TYPE = "https://dialplane.dev/images/v1";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * The source that was built.
     *
     * @param commit its git commit; empty where there is no repository
     * @param modified whether files differ from it
     */
    record Source(String commit, boolean modified) {
        /** Reads it from a checkout. */
        static Source of(Path checkout) {
            try {
                return new Source(
                        git(checkout, "rev-parse", "HEAD"),
                        !git(checkout, "status", "--porcelain", "--untracked-files=no")
                                .isEmpty());
            } catch (IOException noRepository) {
                return new Source("", true);
            }
        }

        private static String git(Path checkout, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of("git", "-C", checkout.toString()));
            command.addAll(List.of(arguments));
            return Commands.run(command).strip();
        }
    }

    private Provenance() {}

    /**
     * Makes the statement.
     *
     * @param reference the image's
     * @param digest its digest, {@code sha256:…}
     */
    static String of(ImageSpec image, String reference, String digest, Source source) throws IOException {
        ObjectNode statement = JSON.createObjectNode().put("_type", "https://in-toto.io/Statement/v1");
        statement
                .putArray("subject")
                .addObject()
                .put("name", reference)
                .putObject("digest")
                .put("sha256", digest.replaceFirst("^sha256:", ""));
        statement.put("predicateType", "https://slsa.dev/provenance/v1");
        ObjectNode predicate = statement.putObject("predicate");
        ObjectNode definition = predicate.putObject("buildDefinition").put("buildType", BUILD_TYPE);
        definition.putObject("externalParameters").put("image", image.name()).put("reference", reference);
        definition
                .putObject("internalParameters")
                .put("java", Runtime.version().toString())
                .put("architecture", SystemLibraries.architecture());
        ArrayNode dependencies = definition.putArray("resolvedDependencies");
        if (!source.commit().isEmpty()) {
            ObjectNode commit = dependencies.addObject().put("name", "source");
            commit.putObject("digest").put("gitCommit", source.commit());
            commit.putObject("annotations").put("modified", source.modified());
        }
        for (Layer layer : image.layers()) {
            add(dependencies, layer);
        }
        predicate.putObject("runDetails").putObject("builder").put("id", BUILD_TYPE);
        return JSON.writeValueAsString(statement) + "\n";
    }

    private static void add(ArrayNode dependencies, Layer layer) throws IOException {
        try (var files = Files.walk(layer.source())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                dependencies
                        .addObject()
                        .put(
                                "name",
                                Path.of(layer.target())
                                        .resolve(layer.source().relativize(file).toString())
                                        .toString())
                        .putObject("digest")
                        .put("sha256", sha256(file));
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
