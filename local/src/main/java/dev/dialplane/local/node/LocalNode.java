package dev.dialplane.local.node;

import dev.dialplane.local.process.Signals;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Kubernetes node without containers: it runs every pod that is assigned to it as a process, and reports it as a
 * kubelet would. What it does not do: isolate or limit pods (a memory limit is not enforced, nobody is killed for it),
 * mount anything (see {@link MountPaths}), run init containers, refresh config maps and secrets of a running pod, or
 * adopt processes after a restart of its own.
 */
public final class LocalNode implements AutoCloseable {
    static final String HOST_ADDRESS = "127.0.0.1";
    private static final int ANSWER_SECONDS = 10;
    private static final Duration END_LIMIT = PodWorker.END_GRACE.plusSeconds(3);

    private final NodeOptions options;
    private final KubernetesClient client;
    private final InstantSource clock = InstantSource.system();
    private final NodeEvents events;
    private final Heartbeat heartbeat;
    private final Binder binder;
    private final LogFiles logFiles;
    private final SharedIndexInformer<Pod> informer;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();

    private LocalNode(NodeOptions options, KubernetesClient client, KubernetesClient scheduler) throws IOException {
        Files.createDirectories(options.directory());
        Files.createDirectories(options.logs());
        this.options = options;
        this.client = client;
        this.events = new NodeEvents(client, options.name(), clock);
        this.heartbeat = new Heartbeat(client, options.name(), 0, clock);
        this.binder = new Binder(scheduler, options.name());
        this.logFiles = new LogFiles(options.logs(), LogFiles.MOST_BYTES);
        this.informer = client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", options.name())
                .runnableInformer(0);
        informer.exceptionHandler((_, _) -> true);
        informer.addEventHandler(new Assigned());
    }

    /**
     * Registers a node and begins to run pods.
     *
     * @param client acts as {@code system:node:NAME} of group {@code system:nodes}; closed by the caller
     * @param scheduler acts as {@code system:kube-scheduler}; closed by the caller
     */
    public static LocalNode start(NodeOptions options, KubernetesClient client, KubernetesClient scheduler)
            throws IOException {
        LocalNode node = new LocalNode(options, client, scheduler);
        node.heartbeat.start();
        node.logFiles.start();
        node.informer.run();
        node.binder.start();
        options.progress().say("node " + options.name() + " is ready");
        return node;
    }

    private final class Assigned implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            workers.computeIfAbsent(pod.getMetadata().getUid(), _ -> {
                        PodWorker worker = new PodWorker(LocalNode.this, pod);
                        worker.start();
                        return worker;
                    })
                    .send(new PodEvent.Desired(pod));
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                onDelete(before, true); // replaced by another of its name while the watch was interrupted
                onAdd(pod);
                return;
            }
            PodWorker worker = workers.get(pod.getMetadata().getUid());
            if (worker != null) {
                worker.send(new PodEvent.Desired(pod));
            }
        }

        @Override
        public void onDelete(Pod pod, boolean unknown) {
            PodWorker worker = workers.get(pod.getMetadata().getUid());
            if (worker != null) {
                worker.send(new PodEvent.Gone());
            }
        }
    }

    NodeOptions options() {
        return options;
    }

    KubernetesClient client() {
        return client;
    }

    InstantSource clock() {
        return clock;
    }

    NodeEvents events() {
        return events;
    }

    String apiServer() {
        return client.getMasterUrl().toString();
    }

    Path logFile(Pod pod, String container) {
        return options.logs()
                .resolve(pod.getMetadata().getNamespace() + "_"
                        + pod.getMetadata().getName() + "_" + container + ".log");
    }

    void forget(String uid, PodWorker worker) {
        workers.remove(uid, worker);
    }

    /** Sends a signal to a pod's processes, such as {@link Signals#STOP} to freeze them. */
    public void signal(String namespace, String pod, Signals signal) {
        worker(namespace, pod).send(new PodEvent.Signalled(signal));
    }

    /**
     * The ids of a pod's processes.
     *
     * @throws IOException if the pod has gone by the time it is asked
     */
    public List<Long> pids(String namespace, String pod) throws IOException, InterruptedException {
        CompletableFuture<List<Long>> answer = new CompletableFuture<>();
        worker(namespace, pod).send(new PodEvent.Asked(answer));
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("pod " + namespace + "/" + pod + " is not there any more", e);
        }
    }

    /** Kills a pod's processes and starts them no more until {@link #release}: an outage of this pod alone. */
    public void hold(String namespace, String pod) {
        worker(namespace, pod).send(new PodEvent.Held(true));
    }

    /** Lets a held pod run again. */
    public void release(String namespace, String pod) {
        worker(namespace, pod).send(new PodEvent.Held(false));
    }

    private PodWorker worker(String namespace, String pod) {
        return workers.values().stream()
                .filter(worker -> worker.isOf(namespace, pod))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no pod " + namespace + "/" + pod + " runs on node " + options.name()));
    }

    /** How many pods have something to do here. */
    public int pods() {
        return workers.size();
    }

    /** Kills every process and stops. The API server is told nothing: for it the node is lost. */
    @Override
    public void close() {
        binder.close();
        informer.stop();
        heartbeat.close();
        events.close();
        logFiles.close();
        List<PodWorker> left = List.copyOf(workers.values());
        left.forEach(worker -> worker.send(new PodEvent.NodeEnds()));
        try {
            for (PodWorker worker : left) {
                worker.join(END_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
