package dev.dialplane.operator.session;

import dev.dialplane.crds.session.CallSession;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sessions there are: the controller's cache, and the API server where that is not enough. */
@Singleton
public class Sessions {

    private final KubernetesClient client;
    private volatile @Nullable IndexerResourceCache<CallSession> cache;
    private volatile boolean synced;

    Sessions(KubernetesClient client) {
        this.client = client;
    }

    void use(IndexerResourceCache<CallSession> cache) {
        this.cache = cache;
    }

    void synced() {
        synced = true;
    }

    /** Returns whether the sessions that exist are known. */
    public boolean known() {
        return synced;
    }

    /** Returns a session as the controller last saw it. */
    Optional<CallSession> cached(String namespace, String name) {
        IndexerResourceCache<CallSession> known = cache;
        return known == null ? Optional.empty() : known.get(new ResourceID(name, namespace));
    }

    /** Returns all sessions that the controller knows; they are the cache's own and must not be changed. */
    Stream<CallSession> all() {
        IndexerResourceCache<CallSession> known = cache;
        return known == null ? Stream.empty() : known.list();
    }

    /** Returns a session as it is: one round trip to the API server. */
    Optional<CallSession> read(String namespace, String name) {
        return Optional.ofNullable(client.resources(CallSession.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }
}
