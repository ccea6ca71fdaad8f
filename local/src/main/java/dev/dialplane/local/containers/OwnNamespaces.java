package dev.dialplane.local.containers;

import dev.dialplane.local.components.Checkout;
import dev.dialplane.local.process.ProcessLedger;
import dev.dialplane.local.process.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command in mount, network and process namespaces of its own, with cgroups of its own. The kernel ends every
 * process in them with the first, and with the last every mount and network device; the cgroups are removed here. So
 * nothing is left, however the command ends.
 */
public final class OwnNamespaces {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final long REMOVAL_LIMIT_SECONDS = 10;
    private static final long GRACE_SECONDS = 30;

    private OwnNamespaces() {}

    /**
     * Runs a command and returns its exit code. When this JVM is told to end, so is the command.
     *
     * @param cgroup the cgroup that the command may use, with a leading slash
     * @param ledger of what was started
     * @throws IOException if this is no Linux, this process is not root, or a namespace cannot be had
     */
    public static int run(List<String> command, String cgroup, ProcessLedger ledger)
            throws IOException, InterruptedException {
        requireRoot();
        List<Path> cgroups = makeCgroups(cgroup.substring(1));
        List<String> all = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                Checkout.root().resolve("local/src/main/bash/first-process").toString()));
        all.addAll(command);
        Process outer = new ProcessBuilder(all).inheritIO().start();
        ledger.record(outer.pid(), "namespaces");
        Thread hook = Thread.ofPlatform().name("end-namespaces").unstarted(() -> {
            end(outer);
            removeCgroups(cgroups);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        int code = outer.waitFor();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            removeCgroups(cgroups);
        } catch (IllegalStateException e) {
            // This JVM is ending, and the hook removes them.
        }
        return code;
    }

    private static void requireRoot() throws IOException {
        if (!System.getProperty("os.name").equals("Linux") || !"root".equals(System.getProperty("user.name"))) {
            throw new IOException(
                    "--cluster kubelet needs Linux and root, for namespaces and cgroups of its own; this is "
                            + System.getProperty("os.name") + " and user " + System.getProperty("user.name")
                            + ". '--cluster process' needs neither.");
        }
    }

    /** The first process passes it on; it must not be asked before it can. */
    private static void end(Process outer) {
        outer.children().forEach(first -> Signals.TERM.send(first.pid()));
        try {
            if (!outer.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                outer.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            outer.destroyForcibly();
        }
    }

    /** One in each hierarchy of cgroup v1, or one where there is v2 alone. */
    private static List<Path> makeCgroups(String name) throws IOException {
        List<Path> roots = new ArrayList<>();
        if (Files.exists(CGROUPS.resolve("cgroup.controllers"))) {
            roots.add(CGROUPS);
        } else {
            try (var hierarchies = Files.list(CGROUPS)) {
                hierarchies
                        .filter(hierarchy ->
                                !Files.isSymbolicLink(hierarchy) && Files.exists(hierarchy.resolve("cgroup.procs")))
                        .forEach(roots::add);
            }
        }
        List<Path> made = new ArrayList<>();
        for (Path root : roots) {
            made.add(Files.createDirectories(root.resolve(name)));
        }
        return made;
    }

    /** A cgroup can be removed a moment after its last process ended. */
    private static void removeCgroups(List<Path> cgroups) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REMOVAL_LIMIT_SECONDS);
        for (Path cgroup : cgroups) {
            while (!removed(cgroup) && System.nanoTime() < deadline) {
                try {
                    Thread.sleep(50);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static boolean removed(Path cgroup) {
        if (!Files.exists(cgroup)) {
            return true;
        }
        try (var tree = Files.walk(cgroup)) {
            for (Path directory : tree.filter(Files::isDirectory)
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.deleteIfExists(directory);
            }
            return true;
        } catch (IOException | java.io.UncheckedIOException e) {
            return false;
        }
    }
}
