package dev.dialplane.operator.pool;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an informer keeps: names and versions alone. A whole pod takes about 50 KB of heap in this client, and all that
 * is needed of it was taken by whoever listens.
 */
final class NamesOnly<T extends HasMetadata> implements ItemStore<T> {

    private final Supplier<T> empty;
    private final ConcurrentMap<String, T> items = new ConcurrentHashMap<>();

    NamesOnly(Supplier<T> empty) {
        this.empty = empty;
    }

    @Override
    public String getKey(T item) {
        String namespace = item.getMetadata().getNamespace();
        return (namespace == null ? "" : namespace + "/") + item.getMetadata().getName();
    }

    @Override
    public @Nullable T put(String key, T item) {
        var metadata = item.getMetadata();
        T kept = empty.get();
        kept.setMetadata(new ObjectMetaBuilder()
                .withNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .build());
        return items.put(key, kept);
    }

    @Override
    public @Nullable T remove(String key) {
        return items.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return items.keySet().stream();
    }

    @Override
    public Stream<T> values() {
        return items.values().stream();
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public @Nullable T get(String key) {
        return items.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
