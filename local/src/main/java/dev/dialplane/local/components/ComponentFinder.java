package dev.dialplane.local.components;

import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds programs in the directory that their environment variable names, then in the user's cache, and else builds them
 * into the cache. A program appears in the cache only when it is complete, and two starts never build at once.
 */
public final class ComponentFinder {
    private static final String UNFINISHED = ".unfinished-";

    private final Map<String, String> environment;
    private final Path sources;
    private final GoToolchain go;
    private final Progress progress;

    /**
     * @param environment the environment variables that name directories
     * @param sources the folder that holds a Go module per build, {@code local/components} of a checkout
     */
    public ComponentFinder(Map<String, String> environment, Path sources, GoToolchain go, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.sources = sources;
        this.go = go;
        this.progress = progress;
    }

    /** The finder for this process's environment and the checkout it runs in. */
    public static ComponentFinder ofThisMachine(Progress progress) {
        return new ComponentFinder(
                System.getenv(),
                Checkout.root().resolve("local/components"),
                new GoToolchain(System.getenv(), progress),
                progress);
    }

    /**
     * The directory that holds the programs of a set; may take minutes.
     *
     * @throws ComponentsMissingException if they can't be had
     */
    public Path find(ComponentSet set) {
        String named = environment.getOrDefault(set.variable(), "");
        if (!named.isEmpty()) {
            return inNamedDirectory(set, Path.of(named));
        }
        Path cached = cache(set);
        if (missing(set, cached).isEmpty()) {
            return cached;
        }
        try {
            Files.createDirectories(cached);
            return buildAlone(set, cached);
        } catch (IOException e) {
            throw new ComponentsMissingException("The cache " + cached + " can't be used: " + e.getMessage(), e);
        }
    }

    private static Path inNamedDirectory(ComponentSet set, Path directory) {
        List<String> missing = missing(set, directory);
        if (!missing.isEmpty()) {
            throw new ComponentsMissingException(set.variable() + " names " + directory + ", which has no "
                    + String.join(", ", missing) + ". Put them there (" + set.version()
                    + "), or unset the variable to have them built.");
        }
        return directory;
    }

    /** Where a set is kept: {@code $XDG_CACHE_HOME}, or {@code ~/.cache}, then {@code dialplane/NAME/VERSION-PLATFORM}. */
    Path cache(ComponentSet set) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = xdg.startsWith("/")
                ? Path.of(xdg)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
        return base.resolve("dialplane").resolve(set.name()).resolve(set.version() + "-" + platform());
    }

    private Path buildAlone(ComponentSet set, Path cached) throws IOException {
        try (FileChannel channel =
                        FileChannel.open(cached.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(channel, set)) {
            deleteUnfinished(cached);
            for (ComponentSet.GoBuild build : set.builds()) {
                List<String> missing = build.programs().stream()
                        .filter(program -> !Files.isExecutable(cached.resolve(program)))
                        .toList();
                if (!missing.isEmpty()) {
                    build(set, build, missing, cached);
                }
                if (build.files().isPresent()) {
                    copy(set, build, build.files().get(), cached);
                }
            }
        }
        return cached;
    }

    private FileLock lock(FileChannel channel, ComponentSet set) throws IOException {
        boolean said = false;
        while (true) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException e) {
                // Another thread of this JVM builds: wait for it as for another process.
            }
            if (!said) {
                progress.say("another start is building " + set.name() + ": waiting for it");
                said = true;
            }
            GoToolchain.pause(500);
        }
    }

    private void build(ComponentSet set, ComponentSet.GoBuild build, List<String> missing, Path cached)
            throws IOException {
        progress.say("building " + String.join(", ", missing) + " " + set.version() + " from Go modules ("
                + build.hint() + ")");
        Path unfinished = Files.createTempDirectory(cached, UNFINISHED);
        try {
            List<String> packages = build.packages().stream()
                    .filter(p -> missing.contains(p.equals(".") ? build.module() : p.substring(p.lastIndexOf('/') + 1)))
                    .toList();
            go.build(
                    sources.resolve(build.module()),
                    packages,
                    build.linkerFlags(),
                    unfinished,
                    String.join(", ", missing),
                    set);
            for (String program : missing) {
                Files.move(unfinished.resolve(program), cached.resolve(program));
            }
        } finally {
            deleteFlat(unfinished);
        }
    }

    private void copy(ComponentSet set, ComponentSet.GoBuild build, ComponentSet.ModuleFiles files, Path cached)
            throws IOException {
        Path module = go.moduleDirectory(sources.resolve(build.module()), files.module(), set);
        Path unfinished = Files.createTempDirectory(cached, UNFINISHED);
        try {
            for (String path : files.paths()) {
                Path target = cached.resolve(path);
                Files.createDirectories(target.getParent());
                Path whole = Files.copy(module.resolve(path), unfinished.resolve("file"));
                Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            deleteFlat(unfinished);
        }
    }

    /** What a killed build left. */
    private static void deleteUnfinished(Path cached) throws IOException {
        try (var left = Files.newDirectoryStream(cached, UNFINISHED + "*")) {
            for (Path directory : left) {
                deleteFlat(directory);
            }
        }
    }

    private static void deleteFlat(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static List<String> missing(ComponentSet set, Path directory) {
        return Stream.concat(
                        set.programs().stream()
                                .filter(program -> !Files.isExecutable(directory.resolve(program)))
                                .map(program -> "executable " + program),
                        set.files().stream().filter(file -> !Files.isRegularFile(directory.resolve(file))))
                .toList();
    }

    private static String platform() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        return os + "-" + (arch.equals("aarch64") || arch.equals("arm64") ? "arm64" : "amd64");
    }
}
