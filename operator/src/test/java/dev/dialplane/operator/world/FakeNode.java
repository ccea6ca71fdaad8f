package dev.dialplane.operator.world;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays the kubelet of one namespace: pods become ready, and go when they are told to. */
public final class FakeNode implements AutoCloseable {

    private final KubernetesClient client;
    private final SharedIndexInformer<Pod> informer;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final AtomicInteger addresses = new AtomicInteger();
    private volatile boolean starting = true;
    private volatile boolean crashing;

    /** Watches the pods of a namespace. */
    public FakeNode(KubernetesClient client, String namespace) {
        this.client = client;
        informer = client.pods().inNamespace(namespace).inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                worker.execute(() -> added(pod));
            }

            @Override
            public void onUpdate(Pod before, Pod pod) {
                if (before.getMetadata().getDeletionTimestamp() == null
                        && pod.getMetadata().getDeletionTimestamp() != null) {
                    worker.execute(() -> remove(pod));
                }
            }

            @Override
            public void onDelete(Pod pod, boolean finalStateUnknown) {}
        });
    }

    /** Lets new pods stay as they are from now on. */
    public void startNoMore() {
        starting = false;
    }

    /** Lets new pods end with an error before they are ready. */
    public void crash(boolean crash) {
        crashing = crash;
    }

    /** Lets a pod end, as a process does that is killed. */
    public void kill(Pod pod) {
        write(pod, "Failed", "False", Instant.now(), 137);
    }

    /** Makes a pod ready, or not: not within the second in which it started, when its times do not tell that it was. */
    public void ready(Pod pod, boolean ready) {
        Instant since = ready ? Instant.now() : Instant.parse(pod.getMetadata().getCreationTimestamp());
        write(pod, "Running", ready ? "True" : "False", since, null);
    }

    private void added(Pod pod) {
        if (crashing) {
            write(pod, "Failed", "False", Instant.parse(pod.getMetadata().getCreationTimestamp()), 1);
        } else if (starting) {
            ready(pod, true);
        }
    }

    private void remove(Pod pod) {
        ignoringGone(() -> client.resource(pod).withGracePeriod(0).delete());
    }

    private void write(
            Pod pod, String phase, String ready, Instant since, @org.jspecify.annotations.Nullable Integer exit) {
        String started = Instant.parse(pod.getMetadata().getCreationTimestamp()).toString();
        ContainerStateBuilder state = new ContainerStateBuilder();
        if (exit == null) {
            state.withNewRunning(started);
        } else {
            state.withNewTerminated()
                    .withExitCode(exit)
                    .withReason("Error")
                    .withStartedAt(started)
                    .endTerminated();
        }
        String known = client.resource(pod).get() == null
                ? null
                : client.resource(pod).get().getStatus().getPodIP();
        String address = known == null ? "127.9.0." + addresses.incrementAndGet() : known;
        ignoringGone(() -> client.resource(new PodBuilder(pod)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withManagedFields()
                        .endMetadata()
                        .withNewStatus()
                        .withPhase(phase)
                        .withPodIP(address)
                        .withConditions(new PodConditionBuilder()
                                .withType("Ready")
                                .withStatus(ready)
                                .withLastTransitionTime(
                                        since.truncatedTo(ChronoUnit.SECONDS).toString())
                                .build())
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("agent")
                                .withImage("dialplane/agent-runtime")
                                .withImageID("")
                                .withReady(ready.equals("True"))
                                .withRestartCount(0)
                                .withState(state.build())
                                .build())
                        .endStatus()
                        .build())
                .subresource("status")
                .update());
    }

    private static void ignoringGone(Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404 && e.getCode() != 409) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        informer.stop();
        worker.shutdownNow();
    }
}
