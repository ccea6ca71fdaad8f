package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells the API server a pod's status: always the latest, again and again while the API server does not answer, and
 * nothing that it knows already. Once the pod is over on this node, deletes it from the API server.
 */
final class StatusReport {
    private static final Logger LOG = Logger.getLogger(StatusReport.class.getName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String uid;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable PodStatus wanted;
    private @Nullable PodStatus told;
    private boolean deletion;
    private volatile boolean over;
    private final Thread thread;

    StatusReport(KubernetesClient client, Pod pod) {
        this.client = client;
        this.namespace = pod.getMetadata().getNamespace();
        this.name = pod.getMetadata().getName();
        this.uid = pod.getMetadata().getUid();
        this.thread =
                Thread.ofVirtual().name("status of " + namespace + "/" + name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Has the API server told this status, soon. */
    void offer(PodStatus status) {
        lock.lock();
        try {
            wanted = status;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** After the last status, removes the pod from the API server and ends. */
    void finishWithDeletion() {
        lock.lock();
        try {
            deletion = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends without telling anything more. */
    void stop() {
        lock.lock();
        try {
            over = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (true) {
                PodStatus status = nextToTell();
                if (over) {
                    return;
                }
                try {
                    if (status != null) {
                        tell(status);
                        told = status;
                    } else {
                        delete();
                        return;
                    }
                    pause = FIRST_PAUSE;
                } catch (KubernetesClientException e) {
                    if (over) {
                        return;
                    }
                    if (e.getCode() == 404 || e.getCode() == 409) {
                        LOG.log(Level.FINE, "{0}/{1} is not there any more", new Object[] {namespace, name});
                        return; // another pod of this name has another uid: 409
                    }
                    // 403 is usual while the Node authorizer has not seen the binding; below 400 is no answer.
                    boolean usual = e.getCode() < 400 || e.getCode() == 403 || e.getCode() == 429 || e.getCode() >= 500;
                    LOG.log(
                            usual ? Level.FINE : Level.WARNING,
                            () -> "the status of " + namespace + "/" + name + " is not accepted: " + e.getMessage());
                    Thread.sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                }
            }
        } catch (InterruptedException e) {
            return; // stopped
        }
    }

    /** Waits for work: a status to tell, or null when only the deletion is left. */
    private @Nullable PodStatus nextToTell() throws InterruptedException {
        lock.lock();
        try {
            while (!over && !deletion && (wanted == null || wanted.equals(told))) {
                changed.await();
            }
            return wanted != null && !wanted.equals(told) ? wanted : null;
        } finally {
            lock.unlock();
        }
    }

    private void tell(PodStatus status) {
        // The uid makes the server refuse when the pod was replaced by another of its name.
        Pod patch = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .withUid(uid)
                .endMetadata()
                .withStatus(status)
                .build();
        client.pods()
                .resource(patch) // given an item, the client does not read it first
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), Serialization.asJson(patch));
    }

    private void delete() {
        client.raw(
                "/api/v1/namespaces/" + namespace + "/pods/" + name,
                "DELETE",
                new DeleteOptionsBuilder()
                        .withApiVersion("v1")
                        .withKind("DeleteOptions")
                        .withGracePeriodSeconds(0L)
                        .withNewPreconditions()
                        .withUid(uid)
                        .endPreconditions()
                        .build());
    }
}
