package dev.dialplane.operator.world;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays the kubelet of one namespace: pods become ready, and go when they are told to. */
public final class FakeNode implements AutoCloseable {

    private final KubernetesClient client;
    private final SharedIndexInformer<Pod> informer;
    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final AtomicInteger addresses = new AtomicInteger();
    private volatile boolean starting = true;
    private volatile boolean crashing;
    private volatile String broken = "";
    private volatile String placing = "";
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService renewing = Executors.newSingleThreadScheduledExecutor();

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

    /** Makes a node that renews its lease, and places new pods there from now on. */
    public void place(String name, Duration lease) {
        client.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .build())
                .create();
        nodes.add(name);
        renew(name, lease);
        renewing.scheduleAtFixedRate(() -> renew(name, lease), 300, 300, TimeUnit.MILLISECONDS);
        placing = name;
    }

    /** Lets a node be heard no more: it neither renews its lease nor ends pods. */
    public void silence(String name) {
        silent.add(name);
        client.nodes()
                .withName(name)
                .editStatus(node -> new NodeBuilder(node)
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Ready")
                        .withStatus("Unknown")
                        .withReason("NodeStatusUnknown")
                        .endCondition()
                        .endStatus()
                        .build());
    }

    /** Takes a node out of service, as {@code kubectl cordon} does. */
    public void cordon(String name) {
        client.nodes()
                .withName(name)
                .edit(node -> new NodeBuilder(node)
                        .editSpec()
                        .withUnschedulable(true)
                        .endSpec()
                        .build());
    }

    /** Lets a pod end as a kubelet does that is short of memory. */
    public void evict(Pod pod) {
        client.resource(new PodBuilder(pod)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withManagedFields()
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Failed")
                        .withReason("Evicted")
                        .withMessage("The node was low on resource: memory.")
                        .endStatus()
                        .build())
                .subresource("status")
                .update();
    }

    /** Lets new pods stay as they are from now on. */
    public void startNoMore() {
        starting = false;
    }

    /** Tells of a pod that no node takes it, as a scheduler does. */
    public void unschedulable(Pod pod) {
        client.resource(new PodBuilder(pod)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withManagedFields()
                        .endMetadata()
                        .withNewStatus()
                        .withPhase("Pending")
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withReason("Unschedulable")
                        .withMessage("0/3 nodes are available: 3 Insufficient memory.")
                        .endCondition()
                        .endStatus()
                        .build())
                .subresource("status")
                .update();
    }

    /** Lets new pods end with an error before they are ready. */
    public void crash(boolean crash) {
        crashing = crash;
    }

    /** Lets new pods of an image end with an error before they are ready. */
    public void crashImage(String image) {
        broken = image;
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

    private void renew(String name, Duration lease) {
        if (silent.contains(name)) {
            return;
        }
        try {
            client.leases()
                    .inNamespace("kube-node-lease")
                    .resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withNewSpec()
                            .withHolderIdentity(name)
                            .withLeaseDurationSeconds((int) lease.toSeconds())
                            .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                            .endSpec()
                            .build())
                    .createOr(NonDeletingOperation::update);
        } catch (KubernetesClientException e) {
            // Renewed the next time.
        }
    }

    private void bind(Pod pod, String name) {
        ignoringGone(() -> client.raw(
                "/api/v1/namespaces/%s/pods/%s/binding"
                        .formatted(
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName()),
                "POST",
                new BindingBuilder()
                        .withNewMetadata()
                        .withName(pod.getMetadata().getName())
                        .endMetadata()
                        .withNewTarget()
                        .withApiVersion("v1")
                        .withKind("Node")
                        .withName(name)
                        .endTarget()
                        .build()));
    }

    private void added(Pod pod) {
        if (!placing.isEmpty() && pod.getSpec().getNodeName() == null) {
            bind(pod, placing);
        }
        if (crashing || pod.getSpec().getContainers().getFirst().getImage().equals(broken)) {
            write(pod, "Failed", "False", Instant.parse(pod.getMetadata().getCreationTimestamp()), 1);
        } else if (starting) {
            ready(pod, true);
        }
    }

    private void remove(Pod pod) {
        if (silent.contains(String.valueOf(pod.getSpec().getNodeName()))) {
            return;
        }
        ignoringGone(() -> client.resource(pod).withGracePeriod(0).delete());
    }

    private String nextAddress() {
        int number = addresses.incrementAndGet();
        return "127.9.%d.%d".formatted(number / 250, number % 250 + 1);
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
        String address = known == null ? nextAddress() : known;
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
        renewing.shutdownNow();
        nodes.forEach(name -> {
            client.nodes().withName(name).delete();
            client.leases().inNamespace("kube-node-lease").withName(name).delete();
        });
        worker.shutdownNow();
    }
}
