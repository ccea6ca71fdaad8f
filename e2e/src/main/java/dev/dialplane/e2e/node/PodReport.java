package dev.dialplane.e2e.node;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What nodes write about pods, with as few writes as there can be: one to bind, one when it runs, one to delete. */
final class PodReport {
    /** Writes at once: as many as a few kubelets make, and no more, since the API server's cores are ours too. */
    private static final int AT_ONCE = 32;

    private static final long FIRST_PAUSE_NANOS = 100_000_000;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000_000;

    private final KubernetesClient client;
    private final Semaphore room = new Semaphore(AT_ONCE);

    PodReport(KubernetesClient client) {
        this.client = client;
    }

    private interface Write {
        void run();
    }

    /**
     * Writes until it succeeds or is not wanted any more.
     *
     * @return false if the pod is not there any more, was replaced or the write was not wanted any more
     */
    private boolean untilDone(BooleanSupplier wanted, Write write) {
        long pause = FIRST_PAUSE_NANOS;
        while (wanted.getAsBoolean()) {
            try {
                room.acquire();
                try {
                    write.run();
                    return true;
                } finally {
                    room.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } catch (KubernetesClientException e) {
                if (e.getCode() == 404 || e.getCode() == 409) {
                    return false;
                }
                LockSupport.parkNanos(pause);
                pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
            }
        }
        return false;
    }

    boolean bind(Pod pod, String node, BooleanSupplier wanted) {
        String namespace = pod.getMetadata().getNamespace();
        return untilDone(
                wanted,
                () -> client.raw(
                        "/api/v1/namespaces/" + namespace + "/pods/"
                                + pod.getMetadata().getName() + "/binding",
                        "POST",
                        new io.fabric8.kubernetes.api.model.BindingBuilder()
                                .withApiVersion("v1")
                                .withKind("Binding")
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
                                .build()));
    }

    boolean runs(Pod pod, String host, String hostAddress, BooleanSupplier wanted) {
        String now = now();
        return status(
                pod,
                "Running",
                true,
                host,
                hostAddress,
                new ContainerStateBuilder()
                        .withNewRunning()
                        .withStartedAt(now)
                        .endRunning()
                        .build(),
                wanted);
    }

    boolean ended(Pod pod, String host, String hostAddress, int exitCode, BooleanSupplier wanted) {
        return status(
                pod,
                exitCode == 0 ? "Succeeded" : "Failed",
                false,
                host,
                hostAddress,
                new ContainerStateBuilder()
                        .withNewTerminated()
                        .withExitCode(exitCode)
                        .withReason(exitCode == 0 ? "Completed" : "Error")
                        .withStartedAt(now())
                        .withFinishedAt(now())
                        .endTerminated()
                        .build(),
                wanted);
    }

    private boolean status(
            Pod pod,
            String phase,
            boolean ready,
            String host,
            String hostAddress,
            ContainerState state,
            BooleanSupplier wanted) {
        var container = pod.getSpec().getContainers().getFirst();
        // The UID makes the server refuse when the pod was replaced by another of its name.
        Pod patch = new PodBuilder()
                .withNewMetadata()
                .withName(pod.getMetadata().getName())
                .withNamespace(pod.getMetadata().getNamespace())
                .withUid(pod.getMetadata().getUid())
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .withPodIP(host)
                .withPodIPs(new PodIP(host))
                .withHostIP(hostAddress)
                .withStartTime(now())
                .withConditions(List.of(
                        condition("PodScheduled", true),
                        condition("Initialized", true),
                        condition("ContainersReady", ready),
                        condition("Ready", ready)))
                .addNewContainerStatus()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID(container.getImage())
                .withReady(ready)
                .withStarted(ready)
                .withRestartCount(0)
                .withState(state)
                .endContainerStatus()
                .endStatus()
                .build();
        return untilDone(
                wanted,
                () -> client.pods()
                        .resource(patch) // given an item, the client does not read it first
                        .subresource("status")
                        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), Serialization.asJson(patch)));
    }

    private static io.fabric8.kubernetes.api.model.PodCondition condition(String type, boolean holds) {
        return new PodConditionBuilder()
                .withType(type)
                .withStatus(holds ? "True" : "False")
                .withLastTransitionTime(now())
                .build();
    }

    boolean delete(Pod pod, BooleanSupplier wanted) {
        return untilDone(
                wanted,
                () -> client.raw(
                        "/api/v1/namespaces/" + pod.getMetadata().getNamespace() + "/pods/"
                                + pod.getMetadata().getName(),
                        "DELETE",
                        new DeleteOptionsBuilder()
                                .withApiVersion("v1")
                                .withKind("DeleteOptions")
                                .withGracePeriodSeconds(0L)
                                .withNewPreconditions()
                                .withUid(pod.getMetadata().getUid())
                                .endPreconditions()
                                .build()));
    }

    /** Times of the API have no fractions of a second. */
    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
