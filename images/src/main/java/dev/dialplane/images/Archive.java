package dev.dialplane.images;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Writes images: into an OCI archive, or to a registry. */
final class Archive {
    /** Nobody in particular, as Pod Security's {@code restricted} wants it. */
    private static final String USER = "65532:65532";

    private final String prefix;
    private final String tag;
    private final Path cache;

    /**
     * Prepares to write.
     *
     * @param prefix registry and folder, such as {@code docker.io/dialplane}
     * @param cache where compressed layers are kept for the next time
     */
    Archive(String prefix, String tag, Path cache) {
        this.prefix = prefix;
        this.tag = tag;
        this.cache = cache;
    }

    String reference(ImageSpec image) {
        return prefix + "/" + image.name() + ":" + tag;
    }

    /** Writes an OCI archive, and returns the image's digest. */
    String write(ImageSpec image, Path file) throws IOException {
        try {
            return contain(image, Containerizer.to(TarImage.at(file).named(reference(image))));
        } catch (InvalidImageReferenceException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Pushes to the registry of its reference, with the credentials that Docker's configuration names. */
    String push(ImageSpec image) throws IOException {
        try {
            ImageReference reference = ImageReference.parse(reference(image));
            RegistryImage registry = RegistryImage.named(reference)
                    .addCredentialRetriever(CredentialRetrieverFactory.forImage(reference, _ -> {})
                            .dockerConfig());
            return contain(image, Containerizer.to(registry));
        } catch (InvalidImageReferenceException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private String contain(ImageSpec image, Containerizer containerizer) throws IOException {
        containerizer
                .setToolName("dialplane-images")
                .setBaseImageLayersCache(cache)
                .setApplicationLayersCache(cache)
                .addEventHandler(LogEvent.class, Archive::print);
        try {
            JibContainer container = builder(image).containerize(containerizer);
            return container.getDigest().toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (RegistryException | CacheDirectoryCreationException | ExecutionException e) {
            throw new IOException("image " + reference(image) + ": " + e.getMessage(), e);
        }
    }

    private JibContainerBuilder builder(ImageSpec image) throws IOException {
        JibContainerBuilder builder = Jib.fromScratch()
                .setFormat(ImageFormat.OCI)
                .setPlatforms(Set.of(new Platform(SystemLibraries.architecture(), "linux")))
                .setCreationTime(Instant.EPOCH)
                .setUser(USER)
                .setEntrypoint(image.entrypoint())
                .setEnvironment(image.environment())
                .setExposedPorts(image.ports().stream().map(Port::tcp).collect(Collectors.toSet()))
                .setLabels(Map.of(
                        "org.opencontainers.image.title",
                        image.title(),
                        "org.opencontainers.image.version",
                        tag,
                        "org.opencontainers.image.licenses",
                        "Apache-2.0"));
        for (Layer layer : image.layers()) {
            builder.addFileEntriesLayer(entries(layer));
        }
        return builder;
    }

    /** Files in the order of their names, owned by root, writable by nobody. */
    private static FileEntriesLayer entries(Layer layer) throws IOException {
        FileEntriesLayer.Builder entries = FileEntriesLayer.builder().setName(layer.name());
        AbsoluteUnixPath target = AbsoluteUnixPath.get(layer.target());
        try (var files = Files.walk(layer.source())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                FilePermissions permissions =
                        FilePermissions.fromOctalString(Files.isExecutable(file) && !isData(file) ? "555" : "444");
                entries.addEntry(file, target.resolve(layer.source().relativize(file)), permissions, Staging.TIME);
            }
        }
        return entries.build();
    }

    private static boolean isData(Path file) {
        return file.toString().endsWith(".jar");
    }

    private static void print(LogEvent event) {
        if (event.getLevel() == LogEvent.Level.ERROR || event.getLevel() == LogEvent.Level.WARN) {
            System.err.println(event.getMessage());
        }
    }
}
