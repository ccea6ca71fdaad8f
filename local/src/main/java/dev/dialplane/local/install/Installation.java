package dev.dialplane.local.install;

import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.cluster.LocalCluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Dialplane and its sample pool in a cluster of its own on this machine. */
public interface Installation extends AutoCloseable {

    /**
     * Waits until the system's pods and the sample pool are Ready.
     *
     * @throws IOException if that takes longer than {@code patience}; the message says what is not Ready and why
     */
    void awaitReady(Duration patience) throws IOException, InterruptedException;

    /** The number of a pool, as a carrier would dial it. */
    Dialed number(String namespace, String pool);

    /** The cluster: its kubeconfig, its API server's outages, its audit log. */
    LocalCluster cluster();

    /** Where all processes log. */
    Path logs();

    /** The administrator's client. */
    default KubernetesClient client() {
        return cluster().client();
    }

    @Override
    void close();
}
