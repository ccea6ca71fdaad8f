package dev.dialplane.local.install;

import dev.dialplane.local.progress.Progress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How Dialplane is installed on this machine.
 *
 * @param out where the kubeconfig, logs, the list of processes and the cluster's files go
 * @param scripted whether the sample pool's models are scripted ones instead of the real ones
 * @param records where the gateway sends what it records of calls, as CloudEvents; nowhere if empty
 * @param environment variables added to the pods of the system, by pod name ({@code operator}, {@code gateway},
 *     {@code inference}), for tests
 * @param agent what differs from the sample pool under {@code spec.agent}; maps within it are merged with the sample's
 * @param progress told what is going on
 */
public record InstallOptions(
        Path out,
        boolean scripted,
        Optional<URI> records,
        Map<String, Map<String, String>> environment,
        Map<String, Object> agent,
        Progress progress) {
    /** Makes the path absolute and copies the maps. */
    public InstallOptions {
        out = out.toAbsolutePath();
        environment = Map.copyOf(environment);
        agent = Map.copyOf(agent);
    }

    /** Without additions. */
    public static InstallOptions in(Path out, boolean scripted, Progress progress) {
        return new InstallOptions(out, scripted, Optional.empty(), Map.of(), Map.of(), progress);
    }

    /** The same with the gateway's records sent somewhere. */
    public InstallOptions recordingTo(URI receiver) {
        return new InstallOptions(out, scripted, Optional.of(receiver), environment, agent, progress);
    }

    /** The same with variables added to one of the system's pods. */
    public InstallOptions with(String pod, Map<String, String> variables) {
        Map<String, Map<String, String>> all = new HashMap<>(environment);
        all.put(pod, variables);
        return new InstallOptions(out, scripted, records, all, agent, progress);
    }

    /** The same with a sample pool whose agents differ. */
    public InstallOptions withAgent(Map<String, Object> changes) {
        return new InstallOptions(out, scripted, records, environment, changes, progress);
    }

    /** The file that lists what was started. */
    public static Path ledger(Path out) {
        return out.resolve("pids");
    }
}
