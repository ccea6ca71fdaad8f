package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Stands in for the scheduler where there is one node: binds every pod to it that no node has yet, unless it is cordoned. */
final class Binder implements ResourceEventHandler<Pod>, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Binder.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final KubernetesClient client;
    private final String node;
    private final SharedIndexInformer<Pod> informer;
    /** The uids of pods that are being bound. */
    private final Set<String> underway = ConcurrentHashMap.newKeySet();

    Binder(KubernetesClient client, String node) {
        this.client = client;
        this.node = node;
        this.informer =
                client.pods().inAnyNamespace().withField("spec.nodeName", "").runnableInformer(0);
        informer.exceptionHandler((_, _) -> true);
        informer.addEventHandler(this);
    }

    void start() {
        informer.run();
    }

    @Override
    public void onAdd(Pod pod) {
        consider(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
        consider(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean unknown) {
        underway.remove(pod.getMetadata().getUid());
    }

    private void consider(Pod pod) {
        boolean wanted = pod.getMetadata().getDeletionTimestamp() == null
                && pod.getSpec().getSchedulingGates().isEmpty()
                && (pod.getSpec().getSchedulerName() == null
                        || pod.getSpec().getSchedulerName().equals("default-scheduler"));
        if (wanted && underway.add(pod.getMetadata().getUid())) {
            Thread.ofVirtual().name("bind " + pod.getMetadata().getName()).start(() -> bind(pod));
        }
    }

    private void bind(Pod pod) {
        String namespace = pod.getMetadata().getNamespace();
        // Until it has left the list of pods without a node.
        while (underway.contains(pod.getMetadata().getUid())
                && informer.isRunning()
                && !Thread.currentThread().isInterrupted()) {
            try {
                if (cordoned()) {
                    pause();
                    continue;
                }
                client.bindings()
                        .inNamespace(namespace)
                        .resource(new BindingBuilder()
                                .withNewMetadata()
                                .withName(pod.getMetadata().getName())
                                .withNamespace(namespace)
                                .withUid(pod.getMetadata().getUid())
                                .endMetadata()
                                .withNewTarget()
                                .withApiVersion("v1")
                                .withKind("Node")
                                .withName(node)
                                .endTarget()
                                .build())
                        .create();
                return;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404 || e.getCode() == 409) {
                    return; // deleted, replaced or bound meanwhile
                }
                LOG.log(Level.FINE, "a pod can't be bound yet", e);
                pause();
            }
        }
    }

    private boolean cordoned() {
        Node present = client.nodes().withName(node).get();
        return present != null && Boolean.TRUE.equals(present.getSpec().getUnschedulable());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        informer.stop();
    }
}
