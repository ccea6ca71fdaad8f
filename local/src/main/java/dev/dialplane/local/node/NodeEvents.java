package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Warnings about pods as Kubernetes Events, for {@code kubectl describe}. Best effort: one is dropped when a hundred are
 * waiting or the API server does not answer.
 */
final class NodeEvents implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(NodeEvents.class.getName());
    private static final int LIMIT = 100;

    private record Warning(Pod pod, String reason, String message) {}

    private final KubernetesClient client;
    private final String node;
    private final InstantSource clock;
    private final BlockingQueue<Warning> queue = new ArrayBlockingQueue<>(LIMIT);
    private final Thread thread;

    NodeEvents(KubernetesClient client, String node, InstantSource clock) {
        this.client = client;
        this.node = node;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("events").start(this::run);
    }

    void warn(Pod pod, String reason, String message) {
        if (!queue.offer(new Warning(pod, reason, message))) {
            LOG.log(Level.FINE, "an event is dropped: {0}", reason);
        }
    }

    private void run() {
        try {
            while (true) {
                send(queue.take());
            }
        } catch (InterruptedException e) {
            return; // closed
        }
    }

    private void send(Warning warning) {
        Pod pod = warning.pod();
        String now = PodStatuses.time(clock.instant());
        try {
            client.v1()
                    .events()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(pod.getMetadata().getName() + ".")
                            .withNamespace(pod.getMetadata().getNamespace())
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion("v1")
                            .withKind("Pod")
                            .withName(pod.getMetadata().getName())
                            .withNamespace(pod.getMetadata().getNamespace())
                            .withUid(pod.getMetadata().getUid())
                            .endInvolvedObject()
                            .withType("Warning")
                            .withReason(warning.reason())
                            .withMessage(warning.message())
                            .withNewSource("kubelet", node)
                            .withReportingComponent("kubelet")
                            .withReportingInstance(node)
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            LOG.log(Level.FINE, "an event could not be sent", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
