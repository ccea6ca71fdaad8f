package dev.dialplane.e2e;

import static dev.dialplane.contracts.tls.PeerName.INFERENCE;
import static dev.dialplane.contracts.tls.PeerName.OPERATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.agent.v1.AgentGrpc;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.control.v1.AttachRequest;
import dev.dialplane.contracts.control.v1.ControlGrpc;
import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.LanguageModelGrpc;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsFiles;
import dev.dialplane.local.caller.CallRequest;
import dev.dialplane.local.caller.CallResult;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.speech.CallerScript;
import dev.dialplane.local.components.ComponentFinder;
import dev.dialplane.local.components.ComponentSet;
import dev.dialplane.local.install.ContainerInstallation;
import dev.dialplane.local.install.Resources;
import dev.dialplane.local.progress.Progress;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The chart in a cluster with a real kubelet, and what people do with a cluster while calls are on. {@link ContainersSystemIT}
 * runs it, inside of namespaces.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChartInContainers {
    private static final Path OUT = Path.of("target/ContainersSystemIT/run");
    private static final Path IMAGES = Path.of("../images/target/oci");
    private static final Duration MINUTES = Duration.ofMinutes(4);
    private static final int CALLS = 20;
    /** Agents for calls whose agent gets no processor for so long that it is given up. */
    private static final int SPARE = 2;

    private static final String EVICTABLE = "dialplane.dev/evictable";

    private static final Consumer<Channel> OFFER =
            channel -> AgentGrpc.newBlockingStub(channel).offer(OfferRequest.getDefaultInstance());
    private static final Consumer<Channel> GENERATE = channel -> LanguageModelGrpc.newBlockingStub(channel)
            .generate(GenerateRequest.getDefaultInstance())
            .forEachRemaining(_ -> {});
    private static final Consumer<Channel> DESCRIBE =
            channel -> ModelsGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
    private static final Consumer<Channel> ATTACH = channel -> ClientCalls.blockingServerStreamingCall(
                    channel,
                    ControlGrpc.getAttachMethod().toBuilder()
                            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                            .build(),
                    CallOptions.DEFAULT,
                    AttachRequest.getDefaultInstance())
            .forEachRemaining(_ -> {});

    private static Dialplane<ContainerInstallation> dialplane;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        dialplane = Dialplane.inContainers(OUT, IMAGES.toAbsolutePath(), System.getProperty(InsideMain.CGROUP));
    }

    @AfterAll
    static void stop() {
        if (dialplane != null) {
            dialplane.close();
        }
    }

    @BeforeEach
    void agentsAreIdle() {
        dialplane.awaitIdle(2);
    }

    /** A kubelet removes a pod's log with the pod. */
    @AfterEach
    void keepTheOperatorsLog(TestInfo test) throws IOException {
        Path kept = Files.createDirectories(OUT.resolve("logs/kept"));
        try (var logs = Files.find(
                OUT.resolve("logs/pods"),
                3,
                (path, file) -> path.toString().contains("operator")
                        && path.getFileName().toString().endsWith(".log"))) {
            for (Path log : logs.toList()) {
                Files.copy(
                        log,
                        Files.createTempFile(kept, test.getDisplayName().replace("()", "") + "-", ".log"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    @Test
    @Order(1)
    void a_call_holds_its_conversation() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());

        CallResult result = dialplane.place(request).get();

        assertHeld(result);
        assertThat(result.report().responses()).hasSizeGreaterThanOrEqualTo(5);
        assertThat(dialplane.endedSession(request).<String>get("status", "cause"))
                .isEqualTo("AgentHungUp");
    }

    @Test
    @Order(2)
    void an_agent_in_a_call_is_not_evicted_and_one_that_waits_is() throws Exception {
        dialplane.installation().upgrade(Map.of("operator.env.DIALPLANE_OPERATOR_EVICTABLE_AFTER", "10s"));
        dialplane.installation().awaitReady(MINUTES);
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        String busy = agentOf(request);

        assertThatThrownBy(() -> evict(busy))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        refused -> assertThat(refused.getCode()).isEqualTo(429));

        assertHeld(call.get());
        Pod idle = await().atMost(MINUTES)
                .until(
                        () -> dialplane.agents().stream()
                                .filter(pod -> "true"
                                        .equals(pod.getMetadata().getLabels().get(EVICTABLE)))
                                .findFirst()
                                .orElse(null),
                        pod -> pod != null);
        evict(idle.getMetadata().getName());
        await().atMost(MINUTES)
                .until(() -> dialplane.agents().stream()
                        .noneMatch(pod -> pod.getMetadata()
                                .getUid()
                                .equals(idle.getMetadata().getUid())));
    }

    @Test
    @Order(3)
    void an_upgrade_and_the_way_back_lose_no_call() throws Exception {
        List<String> before = systemPods();
        dialplane.patience("40s");
        dialplane.size(CALLS + SPARE, CALLS + SPARE);
        Map<CallRequest, Future<CallResult>> calls = placed(CALLS);

        // Every process is rolled out anew.
        dialplane
                .installation()
                .upgrade(Map.of(
                        "operator.resources.limits.memory", "769Mi",
                        "gateway.resources.limits.memory", "513Mi",
                        "inference.resources.limits.memory", "2049Mi"));

        assertNotLost(calls);
        await("every pod of the system is another one")
                .atMost(MINUTES)
                .until(() -> systemPods().stream().noneMatch(before::contains)
                        && systemPods().size() == before.size());
        dialplane.installation().awaitReady(MINUTES);
        dialplane.awaitIdle(CALLS + SPARE);

        Map<CallRequest, Future<CallResult>> more = placed(CALLS);
        assertThat(helm("rollback", "dialplane", "--namespace", ContainerInstallation.NAMESPACE)
                        .waitFor())
                .isZero();
        assertNotLost(more);
        dialplane.size(2, 10);
        await("the system is as it was")
                .atMost(MINUTES)
                .until(() -> systemPods().size() == before.size());
        dialplane.installation().awaitReady(MINUTES);
        assertHeld(dialplane.call(CallerScript.brief()));
    }

    @Test
    @Order(4)
    void a_drain_waits_for_the_call_and_then_finishes() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        String busy = agentOf(request);

        Process drain =
                kubectl("drain", "node", "--pod-selector=dialplane.dev/pool", "--delete-emptydir-data", "--timeout=5m");
        try {
            assertHeld(call.get());
            assertThat(drain.onExit().get().exitValue()).isZero();
            assertThat(dialplane.agents())
                    .extracting(pod -> pod.getMetadata().getName())
                    .doesNotContain(busy);
        } finally {
            drain.destroy();
            assertThat(kubectl("uncordon", "node").onExit().get().exitValue()).isZero();
        }
    }

    @Test
    @Order(5)
    void the_api_servers_restart_is_not_noticed_by_a_call() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        agentOf(request);

        dialplane.installation().cluster().stopApiServer();
        dialplane.installation().cluster().startApiServer();

        assertHeld(call.get());
        assertThat(dialplane.endedSession(request).<String>get("status", "cause"))
                .isEqualTo("AgentHungUp");
    }

    @Test
    @Order(6)
    void an_image_that_cannot_be_pulled_stops_the_rollout_and_calls_are_answered() throws Exception {
        String image = dialplane.pool().get("spec", "runtime", "image");
        setImage("registry.invalid/agent:none");
        await("the pool says what is wrong")
                .atMost(MINUTES)
                .untilAsserted(() -> assertThat(dialplane.condition(Dialplane.POOL, "Degraded"))
                        .containsEntry("status", "True")
                        .extractingByKey("message")
                        .asString()
                        .contains("registry.invalid/agent:none"));

        assertHeld(dialplane.call(CallerScript.brief()));

        setImage(image);
        await("the pool is well again")
                .atMost(MINUTES)
                .untilAsserted(() -> assertThat(dialplane.condition(Dialplane.POOL, "Degraded"))
                        .containsEntry("status", "False"));
        assertThat(dialplane.agents()).allMatch(Dialplane::isReady);
    }

    private static void setImage(String image) {
        dialplane.patch("{\"spec\": {\"runtime\": {\"image\": \"%s\"}}}".formatted(image));
    }

    @Test
    @Order(7)
    void a_kubelet_that_restarts_is_not_noticed_by_a_call() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        String busy = agentOf(request);

        dialplane.installation().node().restartKubelet(dialplane.installation().cluster());

        assertHeld(call.get());
        GenericKubernetesResource session = dialplane.endedSession(request);
        assertThat(session.<String>get("status", "agent", "podName")).isEqualTo(busy);
        assertThat(session.<Number>get("status", "agent", "failovers")).isIn(0, null);
    }

    @Test
    @Order(8)
    void an_agent_that_is_killed_as_when_memory_is_out_leaves_its_call_to_another() throws Exception {
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        String killed = agentOf(request);
        Pod pod = dialplane
                .kubernetes()
                .pods()
                .inNamespace(Dialplane.NAMESPACE)
                .withName(killed)
                .get();

        processOf(pod).destroyForcibly();

        assertHeld(call.get());
        GenericKubernetesResource session = dialplane.endedSession(request);
        assertThat(session.<String>get("status", "agent", "podName")).isNotEqualTo(killed);
        assertThat(session.<Number>get("status", "agent", "failovers")).isEqualTo(1);
        await("another agent has its place")
                .atMost(MINUTES)
                .until(() -> dialplane.idleAgents() >= 2
                        && dialplane.agents().stream()
                                .noneMatch(
                                        agent -> agent.getMetadata().getName().equals(killed)));
    }

    /** An agent's process in its container. */
    private static ProcessHandle processOf(Pod pod) {
        String uid = pod.getMetadata().getUid();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .filter(process -> cgroups(process).contains(uid))
                .findFirst()
                .orElseThrow();
    }

    private static String cgroups(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cgroup"));
        } catch (IOException ended) {
            return "";
        }
    }

    @Test
    @Order(9)
    void a_second_operator_takes_over_in_mid_call() throws Exception {
        dialplane.installation().upgrade(Map.of("operator.replicas", 2));
        dialplane.installation().awaitReady(MINUTES);
        Pod first = operator();
        CallRequest request = dialplane.request(CallerScript.brief());
        Future<CallResult> call = dialplane.place(request);
        agentOf(request);

        dialplane.kubernetes().resource(first).withGracePeriod(0).delete();

        assertHeld(call.get());
        assertThat(dialplane.endedSession(request).<String>get("status", "cause"))
                .isEqualTo("AgentHungUp");
        assertThat(operator().getMetadata().getName())
                .isNotEqualTo(first.getMetadata().getName());
    }

    /** The operator that leads: its name is the first part of what it calls itself in the lease. */
    private static Pod operator() {
        return await("an operator leads")
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            String holder = dialplane
                                    .kubernetes()
                                    .leases()
                                    .inNamespace(ContainerInstallation.NAMESPACE)
                                    .withName("dialplane-operator")
                                    .get()
                                    .getSpec()
                                    .getHolderIdentity();
                            return holder == null || holder.isEmpty()
                                    ? null
                                    : dialplane
                                            .kubernetes()
                                            .pods()
                                            .inNamespace(ContainerInstallation.NAMESPACE)
                                            .withName(holder.split("_")[0])
                                            .get();
                        },
                        leader -> leader != null && leader.getMetadata().getDeletionTimestamp() == null);
    }

    @Test
    @Order(10)
    void whoever_steals_an_agents_certificate_gets_nowhere() throws Exception {
        Pod agent = dialplane.agents().getFirst();
        Path stolen = stolen("receptionist-agent-tls");
        try (TlsFiles files = TlsFiles.of(stolen)) {
            String inference = address("dialplane-inference", 7080);
            String operator = operator().getStatus().getPodIP() + ":7090";
            String otherAgent = agent.getStatus().getPodIP() + ":7070";
            String pool = PeerName.agentsOf(Dialplane.NAMESPACE, Dialplane.POOL);

            SoftAssertions.assertSoftly(table -> List.of(
                            new Attempt("take another's call", files, otherAgent, pool, OFFER, Code.PERMISSION_DENIED),
                            new Attempt("use a model", files, inference, INFERENCE, GENERATE, Code.UNAUTHENTICATED),
                            new Attempt("see models", files, inference, INFERENCE, DESCRIBE, Code.UNAUTHENTICATED),
                            new Attempt("pose as gateway", files, operator, OPERATOR, ATTACH, Code.PERMISSION_DENIED),
                            new Attempt("pose as inference", files, otherAgent, INFERENCE, DESCRIBE, Code.UNAVAILABLE),
                            new Attempt("take a call, unknown", null, otherAgent, pool, OFFER, Code.UNAVAILABLE),
                            new Attempt("see models, unknown", null, inference, INFERENCE, DESCRIBE, Code.UNAVAILABLE),
                            new Attempt("attach, unknown", null, operator, OPERATOR, ATTACH, Code.PERMISSION_DENIED))
                    .forEach(attempt ->
                            table.assertThat(attempt.met()).as(attempt.what).isEqualTo(attempt.expected)));
        }
    }

    private static Path stolen(String secret) throws IOException {
        Path directory = Files.createDirectories(OUT.resolve("stolen"));
        var data = dialplane
                .kubernetes()
                .secrets()
                .inNamespace(Dialplane.NAMESPACE)
                .withName(secret)
                .get()
                .getData();
        for (var file : data.entrySet()) {
            Files.write(directory.resolve(file.getKey()), Base64.getDecoder().decode(file.getValue()));
        }
        return directory;
    }

    private static String address(String service, int port) {
        return dialplane
                        .kubernetes()
                        .services()
                        .inNamespace(ContainerInstallation.NAMESPACE)
                        .withName(service)
                        .get()
                        .getSpec()
                        .getClusterIP()
                + ":" + port;
    }

    /**
     * What somebody tries.
     *
     * @param stolen the certificate that is shown; null for none
     * @param peer who is expected there: as a thief, or as somebody whom a thief wants to deceive
     */
    private record Attempt(
            String what,
            @Nullable TlsFiles stolen,
            String address,
            String peer,
            Consumer<Channel> request,
            Code expected) {
        /** How the peer refuses; {@code OK} if it does not. */
        Code met() {
            ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + address, credentials())
                    .overrideAuthority(peer)
                    .build();
            try {
                request.accept(channel);
                return Code.OK;
            } catch (StatusRuntimeException refused) {
                return refused.getStatus().getCode();
            } finally {
                channel.shutdownNow();
            }
        }

        private ChannelCredentials credentials() {
            if (stolen != null) {
                return stolen.identity().nettyClient();
            }
            try {
                return TlsChannelCredentials.newBuilder()
                        .trustManager(OUT.resolve("stolen")
                                .resolve(TlsFiles.AUTHORITY)
                                .toFile())
                        .build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    @Order(11)
    void the_phone_in_the_browser_is_reached_by_a_forwarded_port() throws Exception {
        dialplane.installation().upgrade(Map.of("gateway.phone", true));
        await("the first gateway, which is rolled out last, has a phone")
                .atMost(MINUTES)
                .until(() -> {
                    Pod pod = dialplane
                            .kubernetes()
                            .pods()
                            .inNamespace(ContainerInstallation.NAMESPACE)
                            .withName("dialplane-gateway-0")
                            .get();
                    return pod != null && hasPhone(pod) && Dialplane.isReady(pod);
                });
        Process forward = kubectl("port-forward", "-n", ContainerInstallation.NAMESPACE, "dialplane-gateway-0", "8090");
        URI desk = URI.create("http://127.0.0.1:8090");
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest pools =
                    HttpRequest.newBuilder(desk.resolve("/phone/pools")).build();
            await("the page knows the pool")
                    .atMost(MINUTES)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(http.send(pools, HttpResponse.BodyHandlers.ofString())
                                    .body())
                            .contains(Dialplane.NAMESPACE + "/" + Dialplane.POOL));
            Dialed asThePageDoes = Dialed.socket(desk, Dialplane.NAMESPACE, Dialplane.POOL);

            assertHeld(dialplane
                    .place(CallRequest.to(Dialplane.POOL, asThePageDoes, CallerScript.brief()))
                    .get());
        } finally {
            forward.destroy();
            forward.onExit().get();
        }
    }

    private static boolean hasPhone(Pod gateway) {
        return gateway.getSpec().getContainers().getFirst().getEnv().stream()
                .anyMatch(variable -> variable.getName().equals("DIALPLANE_GATEWAY_DEV_LISTENER"));
    }

    @Test
    @Order(12)
    void uninstalled_it_leaves_no_namespace_behind() {
        var client = dialplane.kubernetes();
        Resources.pools(client)
                .inNamespace(Dialplane.NAMESPACE)
                .withName(Dialplane.POOL)
                .delete();
        await("agents leave with their pool")
                .atMost(MINUTES)
                .until(() -> dialplane.agents().isEmpty());

        dialplane.installation().uninstall();
        client.namespaces().withName(ContainerInstallation.NAMESPACE).delete();

        await("the namespace is gone")
                .atMost(MINUTES)
                .until(() -> client.namespaces()
                                .withName(ContainerInstallation.NAMESPACE)
                                .get()
                        == null);
    }

    /** Places calls, each when the one before has its agent: agents that take their first call compile, all on two cores. */
    private static Map<CallRequest, Future<CallResult>> placed(int calls) {
        Map<CallRequest, Future<CallResult>> placed = new LinkedHashMap<>();
        for (int number = 0; number < calls; number++) {
            CallRequest request = dialplane.request(CallerScript.brief());
            placed.put(request, dialplane.place(request));
            agentOf(request);
        }
        return placed;
    }

    private static void assertHeld(CallResult result) {
        assertThat(result.failure()).isEmpty();
        assertThat(result.report().cause()).isEqualTo("AgentHungUp");
        assertThat(result.conversed()).isTrue();
    }

    /**
     * Each call was a conversation, and ended because one of the two had said all: so its session says, which knows a line
     * that was cut from one that was hung up. While every process starts anew on the machine that also speaks and hears, an
     * answer can be so late that the caller talks over it, and then it is the caller who hangs up in the end.
     */
    private static void assertNotLost(Map<CallRequest, Future<CallResult>> calls) throws Exception {
        SoftAssertions all = new SoftAssertions();
        for (var call : calls.entrySet()) {
            CallResult result = call.getValue().get();
            String id = call.getKey().ids().callSid();
            all.assertThat(result.failure()).as(id).isEmpty();
            all.assertThat(result.conversed()).as(id).isTrue();
            all.assertThat(dialplane.endedSession(call.getKey()).<String>get("status", "cause"))
                    .as(id)
                    .isIn("AgentHungUp", "CallerHungUp");
        }
        all.assertAll();
    }

    /** The pod that holds a call, once its session says so. */
    private static String agentOf(CallRequest request) {
        return await("the agent of " + request.ids().callSid())
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> {
                            GenericKubernetesResource session =
                                    dialplane.sessionsOf(request).getFirst();
                            return session.<String>get("status", "agent", "podName");
                        },
                        name -> name != null && !name.isEmpty());
    }

    private static List<String> systemPods() {
        return dialplane.kubernetes().pods().inNamespace(ContainerInstallation.NAMESPACE).list().getItems().stream()
                .map(pod -> pod.getMetadata().getUid())
                .toList();
    }

    private static void evict(String pod) {
        Eviction eviction = new EvictionBuilder()
                .withNewMetadata()
                .withName(pod)
                .withNamespace(Dialplane.NAMESPACE)
                .endMetadata()
                .build();
        dialplane
                .kubernetes()
                .raw("/api/v1/namespaces/%s/pods/%s/eviction".formatted(Dialplane.NAMESPACE, pod), "POST", eviction);
    }

    private static Process kubectl(String... arguments) throws IOException {
        return started(dialplane.installation().cluster().kubectl(), arguments);
    }

    private static Process helm(String... arguments) throws IOException {
        Path programs = ComponentFinder.ofThisMachine(Progress.to(System.out)).find(ComponentSet.HELM);
        return started(programs.resolve("helm"), arguments);
    }

    private static Process started(Path program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment()
                .put(
                        "KUBECONFIG",
                        dialplane.installation().cluster().kubeconfig().toString());
        return builder.start();
    }
}
