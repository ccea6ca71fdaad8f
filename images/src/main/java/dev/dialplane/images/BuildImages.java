package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds the images, from a checkout that is built. */
@Command(
        name = "images",
        mixinStandardHelpOptions = true,
        description = "Makes the container images of Dialplane as OCI archives, or pushes them to a registry.")
public final class BuildImages implements Callable<Integer> {
    private static final String WITH_MODELS = "inference-local";
    private static final List<String> ALL = List.of("operator", "gateway", "inference", WITH_MODELS, "agent-runtime");

    @Option(names = "--out", description = "where archives go (default: ${DEFAULT-VALUE})")
    Path out = Path.of("images/target/oci");

    @Option(names = "--version-tag", description = "the images' tag (default: ${DEFAULT-VALUE})")
    String tag = "latest";

    @Option(names = "--prefix", description = "registry and folder of the references (default: ${DEFAULT-VALUE})")
    String prefix = "docker.io/dialplane";

    @Option(names = "--push", description = "push to the registry of --prefix, with Docker's credentials")
    boolean push;

    @Option(
            names = "--models",
            description = "makes " + WITH_MODELS
                    + " too, with the models of this directory; espeak-ng in it is under the GPL")
    @org.jspecify.annotations.Nullable
    Path models;

    @Option(
            names = "--only",
            split = ",",
            description = "which: ${COMPLETION-CANDIDATES} (default: all)",
            completionCandidates = Names.class)
    List<String> only = ALL;

    private static final class Names extends java.util.ArrayList<String> {
        Names() {
            super(ALL);
        }
    }

    /** Exits with 0 when all images are made. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BuildImages())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        for (String name : only) {
            if (!ALL.contains(name)) {
                throw new IOException("--only is '" + name + "', allowed are " + String.join(", ", ALL));
            }
        }
        Files.createDirectories(out);
        Path target = Path.of("images/target").toAbsolutePath();
        Images images = new Images(
                Path.of("").toAbsolutePath(), Path.of(System.getProperty("java.home")), target.resolve("stage"));
        // Jib knows a layer again by its files' names and times; these have all the same time, whatever is in them.
        Path layers = target.resolve("layers");
        Staging.delete(layers);
        Archive archive = new Archive(prefix, tag, layers);
        Provenance.Source source = Provenance.Source.of(Path.of("").toAbsolutePath());
        for (ImageSpec image : wanted(images).values()) {
            long began = System.nanoTime();
            Path file = out.resolve(image.name() + ".tar");
            String digest = push ? archive.push(image) : archive.write(image, file);
            Files.writeString(
                    out.resolve(image.name() + ".provenance.json"),
                    Provenance.of(image, archive.reference(image), digest, source));
            System.out.printf(
                    "%-50s %s  %s  %.1f s%n",
                    archive.reference(image),
                    push ? "pushed" : "%.1f MB".formatted(Files.size(file) / 1e6),
                    digest,
                    (System.nanoTime() - began) / 1e9);
        }
        return 0;
    }

    private Map<String, ImageSpec> wanted(Images images) throws IOException {
        Map<String, ImageSpec> specs = new LinkedHashMap<>();
        if (only.contains("operator")) {
            specs.put("operator", images.operator());
        }
        if (only.contains("gateway")) {
            specs.put("gateway", images.gateway());
        }
        Path local = only.contains(WITH_MODELS) ? models : null;
        if (only.contains("inference") || local != null) {
            ImageSpec inference = images.inference();
            if (only.contains("inference")) {
                specs.put("inference", inference);
            }
            if (local != null) {
                specs.put(WITH_MODELS, images.withModels(inference, local));
            }
        }
        if (only.contains("agent-runtime")) {
            specs.put("agent-runtime", images.agent());
        }
        return specs;
    }
}
