package dev.dialplane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.local.caller.CallListener;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.TestCaller;
import dev.dialplane.local.caller.report.EventReceiver;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.cluster.NodeNetwork;
import dev.dialplane.local.containers.ContainerNode;
import dev.dialplane.local.install.ContainerInstallation;
import dev.dialplane.local.install.InstallOptions;
import dev.dialplane.local.install.Installation;
import dev.dialplane.local.install.LocalInstallation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A whole installation on this machine with scripted models, and a caller for it.
 *
 * @param <I> what kind of installation
 */
final class Dialplane<I extends Installation> implements AutoCloseable {
    static final String NAMESPACE = "default";
    static final String POOL = "receptionist";
    private static final Duration READY = Duration.ofMinutes(4);

    private final EventReceiver events;
    private final I installation;
    private final TestCaller caller;
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    private Dialplane(EventReceiver events, I installation) {
        this.events = events;
        this.installation = installation;
        this.caller = new TestCaller(events);
    }

    /** On processes. */
    static Dialplane<LocalInstallation> start(String name) throws IOException, InterruptedException {
        EventReceiver events = EventReceiver.open();
        return ready(events, LocalInstallation.start(options(Path.of("target", name), events)));
    }

    /** In containers; inside of namespaces only. */
    static Dialplane<ContainerInstallation> inContainers(Path out, Path images, String cgroup)
            throws IOException, InterruptedException {
        ContainerNode.makeNetwork(NodeNetwork.DOCUMENTATION);
        EventReceiver events = EventReceiver.open(InetAddress.getByName(NodeNetwork.DOCUMENTATION.node()));
        return ready(events, new ContainerInstallation(options(out, events), images, cgroup));
    }

    private static InstallOptions options(Path out, EventReceiver events) {
        return InstallOptions.in(out, true, Progress.to(System.out)).recordingTo(events.uri());
    }

    private static <I extends Installation> Dialplane<I> ready(EventReceiver events, I installation)
            throws IOException, InterruptedException {
        Dialplane<I> dialplane = new Dialplane<>(events, installation);
        try {
            installation.awaitReady(READY);
        } catch (IOException | RuntimeException e) {
            dialplane.close();
            throw e;
        }
        return dialplane;
    }

    I installation() {
        return installation;
    }

    KubernetesClient kubernetes() {
        return installation.client();
    }

    CallRequest request(CallerScript script) {
        return CallRequest.to(POOL, installation.number(NAMESPACE, POOL), script);
    }

    /** Places a call and goes on. */
    Future<CallResult> place(CallRequest request) {
        return place(request, CallListener.NONE);
    }

    /** Places a call and goes on; the listener hears how it goes. */
    Future<CallResult> place(CallRequest request, CallListener listener) {
        return calls.submit(() -> caller.place(request, listener));
    }

    CallResult call(CallerScript script) throws InterruptedException {
        return caller.place(request(script), new CallListener() {});
    }

    List<GenericKubernetesResource> sessions() {
        return Resources.sessions(kubernetes()).inNamespace(NAMESPACE).list().getItems();
    }

    /** The sessions of one carrier's call. */
    List<GenericKubernetesResource> sessionsOf(CallRequest request) {
        return sessions().stream()
                .filter(session -> request.ids().callSid().equals(session.<String>get("spec", "callId")))
                .toList();
    }

    /** The one session of a call, once it has ended. */
    GenericKubernetesResource endedSession(CallRequest request) {
        await("session of " + request.ids().callSid())
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() ->
                        sessionsOf(request).stream().anyMatch(session -> session.get("status", "endTime") != null));
        List<GenericKubernetesResource> found = sessionsOf(request);
        assertThat(found).as("sessions of one call").hasSize(1);
        return found.getFirst();
    }

    GenericKubernetesResource pool() {
        return Resources.pools(kubernetes())
                .inNamespace(NAMESPACE)
                .withName(POOL)
                .get();
    }

    /** A pool's condition of that type; empty as long as it has none. */
    Map<String, Object> condition(String pool, String type) {
        GenericKubernetesResource found = Resources.pools(kubernetes())
                .inNamespace(NAMESPACE)
                .withName(pool)
                .get();
        List<Map<String, Object>> conditions = found == null ? null : found.get("status", "conditions");
        return Optional.ofNullable(conditions).stream()
                .flatMap(List::stream)
                .filter(condition -> type.equals(condition.get("type")))
                .findFirst()
                .orElse(Map.of());
    }

    /** Creates a pool without agents that is like the sample but for the model it hears with. */
    GenericKubernetesResource poolHearingWith(String name, Map<String, Object> speechToText) {
        Map<String, Object> pipeline = new HashMap<>(pool().<Map<String, Object>>get("spec", "agent", "pipeline"));
        pipeline.put("speechToText", speechToText);
        return poolWith(name, pipeline, 0, 1);
    }

    /** Creates a pool that is like the sample but for its models and its size. */
    GenericKubernetesResource poolWith(String name, Map<String, Object> pipeline, int min, int max) {
        GenericKubernetesResource sample = pool();
        Map<String, Object> agent = new HashMap<>(sample.<Map<String, Object>>get("spec", "agent"));
        agent.put("pipeline", pipeline);
        Map<String, Object> changed = new HashMap<>(sample.<Map<String, Object>>get("spec"));
        changed.put("agent", agent);
        changed.put("scaling", Map.of("min", min, "max", max));
        GenericKubernetesResource pool = new GenericKubernetesResource();
        pool.setApiVersion(sample.getApiVersion());
        pool.setKind(sample.getKind());
        pool.setMetadata(
                new ObjectMetaBuilder().withName(name).withNamespace(NAMESPACE).build());
        pool.setAdditionalProperty("spec", changed);
        return kubernetes().resource(pool).create();
    }

    /** Says between how many agents the pool may have, and waits until the least are idle. */
    void size(int min, int max) {
        patch("{\"spec\": {\"scaling\": {\"min\": %d, \"max\": %d}}}".formatted(min, max));
        awaitIdle(min);
    }

    /** Says how long a caller waits for models before they are given up. */
    void patience(String giveUp) {
        patch("{\"spec\": {\"agent\": {\"slowModel\": {\"giveUp\": \"%s\"}}}}".formatted(giveUp));
    }

    /** Changes the pool, whatever its status has become in the meantime. */
    void patch(String merged) {
        Resources.pools(kubernetes())
                .inNamespace(NAMESPACE)
                .withName(POOL)
                .patch(PatchContext.of(PatchType.JSON_MERGE), merged);
    }

    int idleAgents() {
        return idleAgents(POOL);
    }

    private int idleAgents(String pool) {
        GenericKubernetesResource found = Resources.pools(kubernetes())
                .inNamespace(NAMESPACE)
                .withName(pool)
                .get();
        return Optional.ofNullable(found.<Number>get("status", "agents", "idle"))
                .map(Number::intValue)
                .orElse(0);
    }

    /** Waits until the gateway says that it takes calls. */
    static void awaitGateway(LocalInstallation installation) {
        HttpRequest ready = HttpRequest.newBuilder(installation.gatewayReadiness())
                .timeout(Duration.ofSeconds(2))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            await("gateway")
                    .atMost(Duration.ofMinutes(1))
                    .ignoreExceptions()
                    .until(() -> http.send(ready, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200);
        }
    }

    void awaitIdle(int agents) {
        awaitIdle(POOL, agents);
    }

    void awaitIdle(String pool, int agents) {
        await("idle agents of " + pool)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions()
                .until(() -> idleAgents(pool) >= agents);
    }

    /** The pool's pods that run and are not on their way out. */
    List<Pod> agents() {
        return kubernetes()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabel("dialplane.dev/pool", POOL)
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
                .toList();
    }

    static boolean isReady(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(condition -> condition.getType().equals("Ready")
                        && condition.getStatus().equals("True"));
    }

    @Override
    public void close() {
        calls.shutdownNow();
        caller.close();
        installation.close();
        events.close();
    }
}
