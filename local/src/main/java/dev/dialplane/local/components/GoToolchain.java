package dev.dialplane.local.components;

import dev.dialplane.local.progress.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@code go build}, telling every ten seconds how far it is. */
public final class GoToolchain {
    /** From 1.21 on, Go fetches the newer toolchain that a module asks for. */
    private static final int OLDEST_MINOR = 21;

    private static final Pattern VERSION = Pattern.compile("go version go1\\.(\\d+)");
    private static final int TAIL = 20;

    private final Map<String, String> environment;
    private final Progress progress;

    /** Takes the programs and settings of an environment. */
    public GoToolchain(Map<String, String> environment, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /** Builds packages of a module into a directory; {@code what} is what progress calls them. */
    void build(Path module, List<String> packages, String linkerFlags, Path into, String what, ComponentSet set)
            throws IOException {
        String go = findGo(set);
        List<String> command =
                new ArrayList<>(List.of(go, "build", "-v", "-trimpath", "-ldflags", linkerFlags, "-o", into + "/"));
        command.addAll(packages);
        ProcessBuilder builder = new ProcessBuilder(command).directory(module.toFile());
        settings(builder.environment());
        run(builder.redirectErrorStream(true), what, set);
    }

    /** Where Go keeps a module that another one requires; fetches it unless it is there. */
    Path moduleDirectory(Path of, String module, ComponentSet set) throws IOException {
        String go = findGo(set);
        output(of, set, go, "mod", "download", module);
        return Path.of(
                output(of, set, go, "list", "-m", "-f", "{{.Dir}}", module).strip());
    }

    private static String output(Path directory, ComponentSet set, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        settings(builder.environment());
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new ComponentsMissingException("The files of " + set.name() + " " + set.version()
                    + " can't be had. Go printed:\n" + output.strip());
        }
        return output;
    }

    /** Settings of other projects that would change or break this build are dropped. */
    private static void settings(Map<String, String> environment) {
        environment.keySet().removeAll(List.of("GOFLAGS", "GOOS", "GOARCH", "GO111MODULE", "GOEXPERIMENT"));
        environment.put("GOWORK", "off");
        environment.put("CGO_ENABLED", "0");
    }

    private void run(ProcessBuilder builder, String what, ComponentSet set) throws IOException {
        Process process = builder.start();
        // A build that nobody waits for any more must not go on eating the machine.
        Thread hook = Thread.ofPlatform().unstarted(() -> endWithChildren(process));
        Runtime.getRuntime().addShutdownHook(hook);
        AtomicInteger downloaded = new AtomicInteger();
        AtomicInteger compiled = new AtomicInteger();
        AtomicReference<List<String>> tail = new AtomicReference<>(List.of());
        Thread reader = Thread.ofVirtual().start(() -> tail.set(follow(process, downloaded, compiled)));
        long start = System.nanoTime();
        try {
            while (!process.waitFor(10, TimeUnit.SECONDS)) {
                long seconds = (System.nanoTime() - start) / 1_000_000_000L;
                progress.say("still building " + what + ": " + compiled + " packages compiled"
                        + (downloaded.get() > 0 ? ", " + downloaded + " modules downloaded" : "") + ", "
                        + seconds / 60 + " min " + seconds % 60 + " s");
            }
            reader.join();
        } catch (InterruptedException e) {
            endWithChildren(process);
            Thread.currentThread().interrupt();
            throw new ComponentsMissingException("interrupted while building " + set.name(), e);
        } finally {
            removeHook(hook);
        }
        if (process.exitValue() != 0) {
            throw new ComponentsMissingException("Building " + set.name() + " " + set.version()
                    + " from Go modules failed (exit " + process.exitValue() + "). The end of what go printed:\n"
                    + String.join("\n", tail.get()) + "\nThe build needs the Go module proxy and about 6 GB of disk. "
                    + "Or set " + set.variable() + " to a directory that has " + String.join(", ", set.programs())
                    + ".");
        }
        progress.say("built " + what + " in " + (System.nanoTime() - start) / 1_000_000_000L + " s");
    }

    private static List<String> follow(Process process, AtomicInteger downloaded, AtomicInteger compiled) {
        Deque<String> tail = new ArrayDeque<>();
        try (var lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("go: downloading ")) {
                    downloaded.incrementAndGet();
                    continue;
                }
                if (!line.contains(" ")) {
                    compiled.incrementAndGet();
                }
                tail.addLast(line);
                if (tail.size() > TAIL) {
                    tail.removeFirst();
                }
            }
        } catch (IOException | UncheckedIOException e) {
            tail.addLast("(the output could not be read: " + e.getMessage() + ")");
        }
        return List.copyOf(tail);
    }

    private String findGo(ComponentSet set) throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
            if (!directory.isEmpty()) {
                candidates.add(Path.of(directory, "go"));
            }
        }
        candidates.add(Path.of("/usr/local/go/bin/go"));
        String newest = "there is none on the PATH or in /usr/local/go";
        for (Path candidate : candidates) {
            if (Files.isExecutable(candidate)) {
                String version = version(candidate);
                Matcher matcher = VERSION.matcher(version);
                if (matcher.find() && Integer.parseInt(matcher.group(1)) >= OLDEST_MINOR) {
                    return candidate.toString();
                }
                newest = candidate + " says '" + version.strip() + "'";
            }
        }
        throw new ComponentsMissingException("Go 1." + OLDEST_MINOR + " or newer is needed to build "
                + String.join(", ", set.programs()) + ", and " + newest
                + ". Install Go (https://go.dev/doc/install), or set " + set.variable()
                + " to a directory that has these programs, version " + set.version() + ".");
    }

    private static String version(Path go) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(go.toString(), "version").redirectErrorStream(true);
        builder.environment().put("GOTOOLCHAIN", "local");
        Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void endWithChildren(Process process) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroy);
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down, and the hook is what ends the build.
        }
    }

    static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ComponentsMissingException("interrupted", e);
        }
    }
}
