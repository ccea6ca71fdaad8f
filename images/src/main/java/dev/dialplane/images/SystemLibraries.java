package dev.dialplane.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The C library of the machine that builds, and the little that a JVM needs beside it. They come from there because an
 * image without a base has to bring its own, and no registry need be reachable for them.
 */
final class SystemLibraries {
    /** What every JVM needs, host names included. */
    static final List<String> JVM = List.of(
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libresolv.so.2",
            "libnss_dns.so.2",
            "libnss_files.so.2",
            "libz.so.1");

    /** What native models need besides. */
    static final List<String> NATIVE_MODELS = List.of("libstdc++.so.6", "libgcc_s.so.1");

    /** As ldd tells it: {@code libm.so.6 => /lib/libm.so.6 (0x...)}. */
    private static final Pattern ARROW = Pattern.compile("^\\s*(\\S+) => (not found|/\\S+)");

    private record Platform(String architecture, String loader, String triplet) {}

    private static final Map<String, Platform> PLATFORMS = Map.of(
            "amd64", new Platform("amd64", "/lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"),
            "aarch64", new Platform("arm64", "/lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"));

    private SystemLibraries() {}

    /** The architecture of this machine, as images name it. */
    static String architecture() throws IOException {
        return platform().architecture();
    }

    private static Platform platform() throws IOException {
        String name = System.getProperty("os.arch");
        Platform platform = PLATFORMS.get(name);
        if (platform == null || !System.getProperty("os.name").equals("Linux")) {
            throw new IOException("images are built on Linux, on amd64 or aarch64; this is "
                    + System.getProperty("os.name") + " on " + name);
        }
        return platform;
    }

    /**
     * Copies the loader and libraries into a root file system.
     *
     * @throws IOException if one is not on this machine, with its name
     */
    static void copy(List<String> names, Path root) throws IOException {
        Platform platform = platform();
        Path loader = Path.of(platform.loader());
        Staging.copyFile(loader, root.resolve(platform.loader().substring(1)));
        for (String name : names) {
            Path file = find(name, platform.triplet())
                    .orElseThrow(() -> new IOException("library " + name + " is not on this machine"));
            Staging.copyFile(
                    file, root.resolve("lib").resolve(platform.triplet()).resolve(name));
        }
    }

    /**
     * Copies what libraries in a directory need of this machine, and what that needs, into a root file system, but for what
     * every image has.
     *
     * @throws IOException if something that they need is not here, with its name
     */
    static void copyNeededBy(Path directory, Path root) throws IOException {
        Map<String, Path> needed = new TreeMap<>();
        try (var files = Files.walk(directory)) {
            for (Path library : files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().contains(".so"))
                    .toList()) {
                needed.putAll(needs(library));
            }
        }
        needed.keySet().removeAll(JVM);
        needed.keySet().removeAll(NATIVE_MODELS);
        Path target = root.resolve("lib").resolve(platform().triplet());
        for (var each : needed.entrySet()) {
            if (!each.getValue().startsWith(directory)) {
                Staging.copyFile(each.getValue(), target.resolve(each.getKey()));
            }
        }
    }

    /** Where the machine's loader finds each library that one needs, those beside it first. */
    private static Map<String, Path> needs(Path library) throws IOException {
        List<String> ldd = List.of("env", "LD_LIBRARY_PATH=" + library.getParent(), "ldd", library.toString());
        Map<String, Path> needs = new TreeMap<>();
        for (String line : Commands.run(ldd).lines().toList()) {
            Matcher arrow = ARROW.matcher(line);
            if (arrow.find()) {
                if (arrow.group(2).equals("not found")) {
                    throw new IOException("library " + arrow.group(1) + ", which " + library.getFileName()
                            + " needs, is not on this machine");
                }
                needs.put(arrow.group(1), Path.of(arrow.group(2)));
            }
        }
        return needs;
    }

    private static Optional<Path> find(String name, String triplet) {
        return List.of("/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64").stream()
                .map(directory -> Path.of(directory, name))
                .filter(Files::isRegularFile)
                .findFirst();
    }
}
