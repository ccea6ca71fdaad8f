package dev.dialplane.operator.world;

import dev.dialplane.contracts.control.v1.LiveCall;
import dev.dialplane.contracts.control.v1.RecordingPlace;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.session.CallSession;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One API server and one operator for all tests of a run; each test has a namespace and gateways of its own. */
public final class World implements ParameterResolver, AutoCloseable {

    private final AtomicInteger names = new AtomicInteger();
    private @Nullable Running running;

    private record Running(Path work, TestCluster cluster, FakeInference inference, OperatorProcess operator)
            implements AutoCloseable {

        static Running start() {
            try {
                Path work = Files.createDirectories(Path.of("target", "world").toAbsolutePath());
                Path fresh = Files.createTempDirectory(work, "run-");
                TestCluster cluster = TestCluster.start(fresh);
                try {
                    FakeInference inference = new FakeInference();
                    OperatorProcess operator =
                            new OperatorProcess(fresh, "operator", cluster.operatorKubeconfig(), inference.address());
                    return new Running(fresh, cluster, inference, operator);
                } catch (IOException | RuntimeException e) {
                    // Each test would leave an API server behind.
                    cluster.close();
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            operator.close();
            inference.close();
            cluster.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == World.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        World world = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent("world", _ -> new World().started(), World.class);
        world.operator().awaitReady();
        return world;
    }

    private World started() {
        running = Running.start();
        return this;
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    @Override
    public void close() {
        running().close();
    }

    /** An administrator's client. */
    public KubernetesClient client() {
        return running().cluster().client();
    }

    /** The API server. */
    public TestCluster cluster() {
        return running().cluster();
    }

    /** The operator. */
    public OperatorProcess operator() {
        return running().operator();
    }

    /** Creates a namespace with a name of its own. */
    public String namespace(String about) {
        String name = about + "-" + names.incrementAndGet();
        cluster().namespace(name);
        return name;
    }

    /** Attaches a gateway that has a pod and a token of its own. */
    public FakeGateway gateway(LiveCall... liveCalls) {
        return newGateway(liveCalls).attach();
    }

    /** Attaches a gateway of its own that tells where it keeps recordings. */
    public FakeGateway gateway(RecordingPlace recordings) {
        return newGateway().attach(recordings);
    }

    private FakeGateway newGateway(LiveCall... liveCalls) {
        String pod = "gateway-" + names.incrementAndGet();
        String uid = cluster().gatewayPod(pod);
        String token = cluster().token("dialplane-gateway", "dialplane-operator", pod, uid);
        return new FakeGateway(operator().grpcPort(), token, uid, List.of(liveCalls));
    }

    /** Creates a pool with a spec in YAML; its agent is one that greets unless the spec has another. */
    public void pool(String namespace, String name, String spec) {
        client().resource("""
                        apiVersion: dialplane.dev/v1alpha1
                        kind: VoiceAgentPool
                        metadata: {name: %s, namespace: %s}
                        spec: %s
                        """.formatted(name, namespace, spec)).create();
    }

    /** Returns a pool as it is. */
    public VoiceAgentPool pool(String namespace, String name) {
        return client().resources(VoiceAgentPool.class)
                .inNamespace(namespace)
                .withName(name)
                .get();
    }

    /** Returns a namespace's pods that are not on their way out. */
    public List<Pod> pods(String namespace) {
        return client().pods().inNamespace(namespace).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    /** Returns a namespace's sessions. */
    public List<CallSession> sessions(String namespace) {
        return client().resources(CallSession.class)
                .inNamespace(namespace)
                .list()
                .getItems();
    }
}
