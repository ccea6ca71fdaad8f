package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the pod informer keeps: names and versions alone. A whole pod takes about 50 KB of heap in this client, and all
 * that is needed of it is in {@link AgentPods} by then.
 */
final class PodStore implements ItemStore<Pod> {

    private final ConcurrentMap<String, Pod> pods = new ConcurrentHashMap<>();

    @Override
    public String getKey(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }

    @Override
    public @Nullable Pod put(String key, Pod pod) {
        var metadata = pod.getMetadata();
        return pods.put(
                key,
                new PodBuilder()
                        .withMetadata(new ObjectMetaBuilder()
                                .withNamespace(metadata.getNamespace())
                                .withName(metadata.getName())
                                .withUid(metadata.getUid())
                                .withResourceVersion(metadata.getResourceVersion())
                                .build())
                        .build());
    }

    @Override
    public @Nullable Pod remove(String key) {
        return pods.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return pods.keySet().stream();
    }

    @Override
    public Stream<Pod> values() {
        return pods.values().stream();
    }

    @Override
    public int size() {
        return pods.size();
    }

    @Override
    public @Nullable Pod get(String key) {
        return pods.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
