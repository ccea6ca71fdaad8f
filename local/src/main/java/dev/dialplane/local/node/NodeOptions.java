package dev.dialplane.local.node;

import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.progress.Progress;
import java.nio.file.Path;
import java.util.Map;

/**
 * How a node is run.
 *
 * @param name the Node object's name
 * @param directory where pods have their directories, each deleted with its pod
 * @param logs where containers log: {@code NAMESPACE_POD_CONTAINER.log}, at most 50 MB and one older file each
 * @param images what can be run
 * @param addresses the pods' addresses
 * @param baseEnvironment variables that every container is given, such as PATH
 * @param children starts the processes
 * @param progress told what is going on
 */
public record NodeOptions(
        String name,
        Path directory,
        Path logs,
        ImageTable images,
        LoopbackAddresses addresses,
        Map<String, String> baseEnvironment,
        ChildProcesses children,
        Progress progress) {
    /** Makes paths absolute and copies the map. */
    public NodeOptions {
        directory = directory.toAbsolutePath();
        logs = logs.toAbsolutePath();
        baseEnvironment = Map.copyOf(baseEnvironment);
    }
}
