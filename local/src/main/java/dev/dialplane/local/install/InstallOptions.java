package dev.dialplane.local.install;

import dev.dialplane.local.progress.Progress;
import java.nio.file.Path;
import java.util.Map;

/**
 * How Dialplane is installed on this machine.
 *
 * @param out where the kubeconfig, logs, the list of processes and the cluster's files go
 * @param scripted whether the sample pool's models are scripted ones instead of the real ones
 * @param environment variables added to the pods of the system, by pod name ({@code operator}, {@code gateway},
 *     {@code inference}), for tests
 * @param progress told what is going on
 */
public record InstallOptions(
        Path out, boolean scripted, Map<String, Map<String, String>> environment, Progress progress) {
    /** Makes the path absolute and copies the map. */
    public InstallOptions {
        out = out.toAbsolutePath();
        environment = Map.copyOf(environment);
    }

    /** The real models, or scripted ones. */
    public static InstallOptions in(Path out, boolean scripted, Progress progress) {
        return new InstallOptions(out, scripted, Map.of(), progress);
    }

    /** The file that lists what was started. */
    public static Path ledger(Path out) {
        return out.resolve("pids");
    }
}
