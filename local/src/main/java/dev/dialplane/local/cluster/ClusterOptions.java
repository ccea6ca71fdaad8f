package dev.dialplane.local.cluster;

import dev.dialplane.local.process.ChildProcesses;
import dev.dialplane.local.progress.Progress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to start a cluster.
 *
 * @param directory where it keeps keys, data and kubeconfigs; emptied of a former cluster's
 * @param logs where its servers log, the audit log too
 * @param components the directory with etcd, kube-apiserver, kube-controller-manager and kubectl
 * @param controllerManager whether garbage collection, disruption budgets, default service accounts and the deletion of
 *     namespaces work; costs about 60 MB and two seconds of CPU
 * @param network of a node that runs containers, where the servers listen too, with all of Kubernetes' controllers; empty
 *     for servers on 127.0.0.1
 * @param children starts the servers
 * @param progress told what is going on
 */
public record ClusterOptions(
        Path directory,
        Path logs,
        Path components,
        boolean controllerManager,
        Optional<NodeNetwork> network,
        ChildProcesses children,
        Progress progress) {
    /** Servers on 127.0.0.1. */
    public ClusterOptions(
            Path directory,
            Path logs,
            Path components,
            boolean controllerManager,
            ChildProcesses children,
            Progress progress) {
        this(directory, logs, components, controllerManager, Optional.empty(), children, progress);
    }

    /** Makes its paths absolute. */
    public ClusterOptions {
        directory = directory.toAbsolutePath();
        logs = logs.toAbsolutePath();
        components = components.toAbsolutePath();
    }
}
