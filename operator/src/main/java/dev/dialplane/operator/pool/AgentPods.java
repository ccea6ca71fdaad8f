package dev.dialplane.operator.pool;

import dev.dialplane.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * All agents' pods, by the operator's only informers of pods, with its own writes taken in before the informer shows them: a
 * pool that was just given a pod is not given it again because the cache is late.
 */
@Singleton
public class AgentPods {

    /** After this time a pod that was created and never shown is believed not to exist. */
    static final Duration SHOWN_WITHIN = Duration.ofMinutes(1);

    /** The first list comes in pages: 20,000 pods in one would be a body of 100 MB. After it, watch bookmarks save lists. */
    private static final long PAGE = 500;

    private static final Logger LOG = Logger.getLogger(AgentPods.class);

    private final KubernetesClient client;
    private final List<String> namespaces;
    private final Clock clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<PoolKey, Map<String, AgentPod>> byPool = new HashMap<>();
    private final Map<String, AgentPod> byUid = new HashMap<>();
    private final Map<String, Map<String, PoolKey>> byNode = new HashMap<>();

    /** Created by us and not shown by the informer yet. */
    private final Map<String, AgentPod> awaited = new HashMap<>();

    private List<SharedIndexInformer<Pod>> informers = List.of();

    /** Whether what the informers listed first has been taken in. */
    private volatile boolean known;

    /** Knows no pods until it is started, or told of some. */
    @Inject
    public AgentPods(KubernetesClient client, OperatorConfig config, Clock clock) {
        this.client = client;
        namespaces = config.namespaces().orElse(List.of());
        this.clock = clock;
    }

    /** Who wants to know of pods that come, change and go. Called in order, and must not block. */
    public interface Listener {

        /**
         * A pod came, changed or went.
         *
         * @param before as it was; null when it came
         * @param after as it is; null when it went
         */
        void changed(@Nullable AgentPod before, @Nullable AgentPod after);
    }

    void start(@Observes StartupEvent event) {
        informers = namespaces.isEmpty()
                ? List.of(informer(client.pods().inAnyNamespace()))
                : namespaces.stream()
                        .map(namespace -> informer(client.pods().inNamespace(namespace)))
                        .toList();
        informers.forEach(SharedIndexInformer::start);
    }

    private SharedIndexInformer<Pod> informer(FilterWatchListDeletable<Pod, PodList, PodResource> where) {
        return where.withLabel(Labels.POOL)
                .withLimit(PAGE)
                .runnableInformer(0)
                .itemStore(new NamesOnly<>(Pod::new))
                .exceptionHandler((started, failure) -> {
                    LOG.warnf("pods cannot be watched now, trying again: %s", failure.getMessage());
                    return true;
                })
                .addEventHandler(new FromInformer());
    }

    void stop(@Observes ShutdownEvent event) {
        informers.forEach(SharedIndexInformer::stop);
    }

    /** Adds a listener; it is told of all pods there are. */
    public synchronized void listen(Listener listener) {
        listeners.add(listener);
        byUid.values().forEach(pod -> listener.changed(null, pod));
    }

    /**
     * Returns whether the pods are known at all. An informer has synced when it has its list; its handlers are told on
     * another thread, and a pool that is looked at in between would be given all its agents once more.
     */
    public boolean synced() {
        if (!known && !informers.isEmpty() && informers.stream().allMatch(SharedIndexInformer::hasSynced)) {
            known = areShown(informers.stream()
                    .flatMap(informer -> informer.getStore().list().stream())
                    .toList());
        }
        return known;
    }

    private synchronized boolean areShown(List<Pod> listed) {
        return listed.stream()
                .allMatch(pod -> byUid.containsKey(pod.getMetadata().getUid()));
    }

    /** Returns a pool's pods. */
    public synchronized List<AgentPod> of(PoolKey pool) {
        Instant oldest = clock.instant().minus(SHOWN_WITHIN);
        for (AgentPod missing : List.copyOf(awaited.values())) {
            if (missing.created().isBefore(oldest)) {
                gone(missing.uid());
            }
        }
        Map<String, AgentPod> pods = byPool.get(pool);
        return pods == null ? List.of() : List.copyOf(pods.values());
    }

    /** Returns how many pods a namespace has, other pools' too. */
    public synchronized int inNamespace(String namespace) {
        return byPool.entrySet().stream()
                .filter(pool -> pool.getKey().namespace().equals(namespace))
                .map(Map.Entry::getValue)
                .mapToInt(Map::size)
                .sum();
    }

    /** Returns how many agents a node has. */
    synchronized int onNode(String node) {
        Map<String, PoolKey> there = byNode.get(node);
        return there == null ? 0 : there.size();
    }

    /** Returns the pools that have agents on a node. */
    synchronized Set<PoolKey> poolsOn(String node) {
        Map<String, PoolKey> there = byNode.get(node);
        return there == null ? Set.of() : Set.copyOf(there.values());
    }

    /** Returns a pod by its UID. */
    public synchronized Optional<AgentPod> find(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    /** Reads a pod whole, as the API server has it. */
    Optional<Pod> read(AgentPod pod) {
        return Optional.ofNullable(client.pods()
                        .inNamespace(pod.pool().namespace())
                        .withName(pod.name())
                        .get())
                .filter(found -> found.getMetadata().getUid().equals(pod.uid()));
    }

    /** Takes in a pod that the API server has just accepted. */
    public synchronized void created(Pod pod) {
        AgentPod created = AgentPodReader.read(pod);
        if (!byUid.containsKey(created.uid())) {
            awaited.put(created.uid(), created);
            put(created);
        }
    }

    /** Takes in that the API server has accepted a pod's deletion. */
    public synchronized void deleted(AgentPod pod) {
        AgentPod present = byUid.get(pod.uid());
        if (present != null) {
            put(present.told());
        }
    }

    /** Takes in that a gateway has heard from a pod's agent: whatever its conditions say, it was ready and may hold a call. */
    public synchronized void heardFrom(String uid) {
        AgentPod present = byUid.get(uid);
        if (present != null && !present.everReady()) {
            put(present.onceReady());
        }
    }

    /** Takes in that a pod does not exist any more. */
    public synchronized void gone(String uid) {
        awaited.remove(uid);
        AgentPod before = byUid.remove(uid);
        if (before == null) {
            return;
        }
        leave(before);
        Map<String, AgentPod> pods = byPool.get(before.pool());
        if (pods != null) {
            pods.remove(uid);
            if (pods.isEmpty()) {
                byPool.remove(before.pool());
            }
        }
        tell(before, null);
    }

    private void put(AgentPod pod) {
        AgentPod before = byUid.put(pod.uid(), pod);
        byPool.computeIfAbsent(pod.pool(), _ -> new HashMap<>()).put(pod.uid(), pod);
        if (before != null && !before.node().equals(pod.node())) {
            leave(before);
        }
        if (!pod.node().isEmpty()) {
            byNode.computeIfAbsent(pod.node(), _ -> new HashMap<>()).put(pod.uid(), pod.pool());
        }
        tell(before, pod);
    }

    private void leave(AgentPod pod) {
        Map<String, PoolKey> there = byNode.get(pod.node());
        if (there != null && there.remove(pod.uid()) != null && there.isEmpty()) {
            byNode.remove(pod.node());
        }
    }

    private void tell(@Nullable AgentPod before, @Nullable AgentPod after) {
        for (Listener listener : listeners) {
            listener.changed(before, after);
        }
    }

    private synchronized void shown(Pod pod) {
        AgentPod before = byUid.get(pod.getMetadata().getUid());
        AgentPod read = AgentPodReader.read(pod);
        if (before != null && before.everReady()) {
            // A pod's times are whole seconds: what was ready for less than one does not show it.
            read = read.onceReady();
        }
        awaited.remove(read.uid());
        // Once told to go, a pod stays so, however late the informer is.
        put(before != null && before.deleting() && !read.deleting() ? read.told() : read);
    }

    /** Returns all pods. */
    public synchronized Collection<AgentPod> all() {
        return new ArrayList<>(byUid.values());
    }

    private final class FromInformer implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            shown(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                gone(before.getMetadata().getUid());
            }
            shown(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            gone(pod.getMetadata().getUid());
        }
    }
}
