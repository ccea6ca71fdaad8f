package dev.dialplane.e2e.bench;

import dev.dialplane.e2e.invariants.SessionSeen;
import dev.dialplane.local.install.Resources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Every CallSession of the cluster, as a watch shows it. */
final class SessionWatch implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {
    private static final Set<String> ENDS = Set.of("Completed", "Failed", "Refused");

    private final CallBook book;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final AtomicInteger present = new AtomicInteger();
    private final AtomicInteger deleted = new AtomicInteger();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    SessionWatch(KubernetesClient client, CallBook book) {
        this.book = book;
        informer = Resources.sessions(client).inAnyNamespace().runnableInformer(0);
        informer.exceptionHandler((_, _) -> true);
        informer.addEventHandler(this);
        informer.run();
    }

    /** How many there are. */
    int present() {
        return present.get();
    }

    /** How many of those that are there have ended. */
    int ended() {
        return ended.size();
    }

    /** How many were deleted. */
    int deleted() {
        return deleted.get();
    }

    @Override
    public void onAdd(GenericKubernetesResource session) {
        present.incrementAndGet();
        tell(session);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource session) {
        if (!before.getMetadata().getUid().equals(session.getMetadata().getUid())) {
            ended.remove(before.getMetadata().getUid());
            book.sessionGone(before.getMetadata().getUid());
        }
        tell(session);
    }

    private void tell(GenericKubernetesResource session) {
        SessionSeen seen = seen(session);
        if (seen.ended()) {
            ended.add(seen.uid());
        }
        book.session(seen);
    }

    @Override
    public void onDelete(GenericKubernetesResource session, boolean unknown) {
        present.decrementAndGet();
        deleted.incrementAndGet();
        ended.remove(session.getMetadata().getUid());
        book.sessionGone(session.getMetadata().getUid());
    }

    private static SessionSeen seen(GenericKubernetesResource session) {
        var metadata = session.getMetadata();
        String phase = session.get("status", "phase");
        String carrierCallId = session.get("spec", "callId");
        return new SessionSeen(
                metadata.getUid(),
                metadata.getNamespace() + "/" + metadata.getName(),
                carrierCallId == null ? "" : carrierCallId,
                metadata.getLabels() == null ? "" : metadata.getLabels().getOrDefault("dialplane.dev/call-id", ""),
                phase != null && ENDS.contains(phase),
                "Refused".equals(phase),
                session.get("status", "cause"));
    }

    @Override
    public void close() {
        informer.stop();
    }
}
