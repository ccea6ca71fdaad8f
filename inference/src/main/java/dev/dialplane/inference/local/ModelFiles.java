package dev.dialplane.inference.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the local models' files are, once {@code inference/models/fetch} has fetched them. */
public final class ModelFiles {
    private static final String FETCH = "inference/models/fetch ";

    private final Path directory;

    public ModelFiles(Path directory) {
        this.directory = directory;
    }

    /** {@code $DIALPLANE_MODELS}, or {@code dialplane/models} in the user's cache. */
    public static ModelFiles byEnvironment(Optional<Path> configured, Map<String, String> environment) {
        if (configured.isPresent()) {
            return new ModelFiles(configured.get());
        }
        String models = environment.getOrDefault("DIALPLANE_MODELS", "");
        if (!models.isBlank()) {
            return new ModelFiles(Path.of(models));
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isBlank() ? Path.of(environment.getOrDefault("HOME", "."), ".cache") : Path.of(cache);
        return new ModelFiles(base.resolve("dialplane").resolve("models"));
    }

    /** A file of a model, whether or not it is there. */
    public Path file(String model, String name) {
        return directory.resolve(model).resolve(name);
    }

    /** Why a model cannot be loaded, and how to get it; empty if its files are there. */
    public Optional<String> missing(String model, String... names) {
        return Stream.of(names)
                .map(name -> file(model, name))
                .filter(path -> !Files.isRegularFile(path))
                .findFirst()
                .map(path -> path + " is missing; get it with " + FETCH + model);
    }

    /** Where fetched libraries are; the system's own are found besides. */
    public List<Path> libraries() {
        return List.of(directory.resolve("espeak-ng"), directory.resolve("flite"));
    }
}
