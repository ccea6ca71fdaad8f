package dev.dialplane.local.containers;

import dev.dialplane.local.components.ComponentsMissingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What runs containers, as {@code local/src/main/bash/fetch-containers} leaves it.
 *
 * @param directory with {@code bin}, {@code cni} and {@code lib}
 */
record ContainerPrograms(Path directory) {
    private static final List<String> NEEDED = List.of(
            "bin/containerd",
            "bin/containerd-shim-runc-v2",
            "bin/ctr",
            "bin/runc",
            "bin/iptables",
            "cni/bridge",
            "cni/host-local",
            "cni/loopback");

    /**
     * Returns those of this machine.
     *
     * @throws ComponentsMissingException if one is missing
     */
    static ContainerPrograms find(Map<String, String> environment) {
        String named = environment.getOrDefault("DIALPLANE_CONTAINERS", "");
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path cache = xdg.startsWith("/")
                ? Path.of(xdg)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
        Path directory = named.isEmpty() ? cache.resolve("dialplane/containers/debian") : Path.of(named);
        List<String> missing = NEEDED.stream()
                .filter(program -> !Files.isExecutable(directory.resolve(program)))
                .toList();
        if (!missing.isEmpty()) {
            throw new ComponentsMissingException(
                    directory + " has no " + String.join(", ", missing) + ". './run --cluster kubelet' fetches them.");
        }
        return new ContainerPrograms(directory);
    }

    /** One of the programs. */
    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** The directory of the CNI plugins. */
    Path cni() {
        return directory.resolve("cni");
    }

    /** The environment with which they find one another and their libraries. */
    Map<String, String> environment() {
        String libraries = directory.resolve("lib").toString();
        return Map.of(
                "PATH", directory.resolve("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
                "LD_LIBRARY_PATH", libraries,
                "XTABLES_LIBDIR", libraries);
    }
}
