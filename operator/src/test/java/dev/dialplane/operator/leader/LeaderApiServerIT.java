package dev.dialplane.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Answered;
import dev.dialplane.contracts.control.v1.CallEvent;
import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.contracts.control.v1.Ended;
import dev.dialplane.contracts.control.v1.Refused;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import dev.dialplane.operator.world.FakeGateway;
import dev.dialplane.operator.world.FakeInference;
import dev.dialplane.operator.world.FakeNode;
import dev.dialplane.operator.world.KedaClient;
import dev.dialplane.operator.world.OperatorProcess;
import dev.dialplane.operator.world.RoamingGateway;
import dev.dialplane.operator.world.TestCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two operators, on a real API server of their own: which acts, and what becomes of calls when that changes. */
class LeaderApiServerIT {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final int CALLS = 20;
    private static final int RETAINED = 30;
    private static final Map<String, String> BOUND =
            Map.of("DIALPLANE_OPERATOR_RETAINED_SESSIONS", Integer.toString(RETAINED));
    private static final AtomicInteger NAMES = new AtomicInteger();

    private static TestCluster cluster;
    private static FakeInference inference;
    private static List<OperatorProcess> operators = List.of();

    private String namespace = "";
    private String token = "";
    private String gatewayUid = "";
    private FakeNode node;
    private RoamingGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        Path work = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "world").toAbsolutePath()), "leader-");
        cluster = TestCluster.start(work);
        inference = new FakeInference();
        Path kubeconfig = cluster.operatorKubeconfig();
        operators = List.of(
                new OperatorProcess(work, "operator-a", kubeconfig, inference.address(), BOUND),
                new OperatorProcess(work, "operator-b", kubeconfig, inference.address(), BOUND));
        operators.forEach(OperatorProcess::awaitReady);
    }

    @AfterAll
    static void stop() {
        operators.forEach(OperatorProcess::close);
        inference.close();
        cluster.close();
    }

    @BeforeEach
    void world() {
        int number = NAMES.incrementAndGet();
        namespace = "leader-" + number;
        cluster.namespace(namespace);
        gatewayUid = cluster.gatewayPod("gateway-" + number);
        token = cluster.token("dialplane-gateway", "dialplane-operator", "gateway-" + number, gatewayUid);
        node = new FakeNode(cluster.client(), namespace);
        await().atMost(SOON).until(() -> leaders() == 1);
        gateway = new RoamingGateway(
                operators.stream().map(OperatorProcess::grpcPort).toList(),
                port -> new FakeGateway(port, token, gatewayUid, List.of()).attach());
        await().atMost(SOON).until(() -> gateway.attachedTo() == leader().grpcPort());
    }

    @AfterEach
    void close() {
        gateway.close();
        node.close();
    }

    @Test
    void oneLeadsAndTheOtherRefusesWithTheLeadersName() {
        try (FakeGateway refused = new FakeGateway(standby().grpcPort(), token, gatewayUid, List.of()).attach()) {
            await().atMost(SOON).until(() -> refused.end() != null);
            assertThat(String.valueOf(refused.end()))
                    .contains(
                            Status.Code.UNAVAILABLE.name(),
                            "stands by",
                            lease().getSpec().getHolderIdentity());
            assertThat(refused.version()).isZero();
        }
    }

    @Test
    void kedaIsToldTheSameByAnOperatorThatStandsBy() {
        pool();
        gateway.tell(demand(2, 1));
        try (KedaClient keda = new KedaClient(standby().grpcPort(), namespace, "desk")) {
            await().atMost(SOON).untilAsserted(() -> assertThat(keda.calls()).isEqualTo(3));
            assertThat(keda.isActive()).isTrue();
            assertThat(keda.metrics()).containsExactly("concurrent-calls", "needed-agents");

            keda.stream();
            await().atMost(SOON).untilAsserted(() -> assertThat(keda.pushed()).containsExactly(true));
            gateway.tell(demand(0, 0));
            await().atMost(SOON).untilAsserted(() -> assertThat(keda.pushed()).containsExactly(true, false));
            assertThat(keda.end()).isNull();
        }
        try (KedaClient mistaken = new KedaClient(standby().grpcPort(), namespace, "Desk")) {
            mistaken.stream();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(String.valueOf(mistaken.end()))
                            .contains("INVALID_ARGUMENT", "scalerMetadata.pool: 'Desk'"));
        }
    }

    @Test
    void kedasStreamsEndWellWhenTheLeaderStopsAndTheNextOneAnswers() throws Exception {
        pool();
        gateway.tell(demand(0, 1));
        OperatorProcess leader = leader();
        OperatorProcess standby = standby();
        try (KedaClient atLeader = new KedaClient(leader.grpcPort(), namespace, "desk");
                KedaClient atStandby = new KedaClient(standby.grpcPort(), namespace, "desk")) {
            atLeader.stream();
            atStandby.stream();
            await().atMost(SOON)
                    .until(() -> atLeader.pushed().size() + atStandby.pushed().size() == 2);

            leader.stop();

            await().atMost(SOON).until(() -> atLeader.end() != null && atStandby.end() != null);
            assertThat(List.of(atLeader.end(), atStandby.end()))
                    .as("KEDA waits longer after each failure, and 2 s after an end")
                    .allMatch(Status::isOk);
            await().atMost(SOON).until(standby::leads);
            await().atMost(SOON).ignoreExceptions().until(() -> atStandby.calls() == 1);
        } finally {
            leader.restart();
        }
    }

    @Test
    void aLeaderThatIsReplacedLetsKedaGoOnThroughIt() throws Exception {
        pool();
        gateway.tell(demand(0, 1));
        OperatorProcess late = leader();
        OperatorProcess standby = standby();
        try (KedaClient keda = new KedaClient(late.grpcPort(), namespace, "desk")) {
            await().atMost(SOON).ignoreExceptions().until(() -> keda.calls() == 1);
            late.signal("STOP");
            try {
                await().atMost(SOON).until(standby::leads);
            } finally {
                late.signal("CONT");
            }
            await().atMost(SOON).until(() -> !late.leads());
            await().atMost(SOON).until(() -> gateway.attachedTo() == standby.grpcPort());
            gateway.tell(demand(3, 1));
            await("over the same connection").atMost(SOON).ignoreExceptions().until(() -> keda.calls() == 4);
        }
    }

    @Test
    void aLeaderThatReleasesIsReplacedAtOnceAndNoSessionIsLostOrDoubled() throws Exception {
        Set<String> pods = pool();
        answerHalf("released");
        OperatorProcess leader = leader();
        OperatorProcess standby = standby();

        long stopped = System.nanoTime();
        Thread stop = Thread.ofVirtual().start(() -> {
            try {
                leader.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        endAll("released");
        await().pollInterval(Duration.ofMillis(20))
                .atMost(SOON)
                .until(() -> gateway.attachedTo() == standby.grpcPort());
        Duration took = Duration.ofNanos(System.nanoTime() - stopped);
        System.out.println("takeover after a release: " + took.toMillis() + " ms");

        assertThat(took).as("nobody waited for the lease to run out").isLessThan(LeaseRule.LASTS);
        allIsWrittenDown("released", pods);
        stop.join();
        leader.restart();
    }

    @Test
    void aLeaderThatIsKilledIsReplacedOnceItsLeaseHasRunOutAndNoSessionIsLostOrDoubled() throws Exception {
        Set<String> pods = pool();
        answerHalf("killed");
        OperatorProcess leader = leader();
        OperatorProcess standby = standby();

        long killed = System.nanoTime();
        leader.kill();
        endAll("killed");
        await().pollInterval(Duration.ofMillis(20))
                .atMost(SOON)
                .until(() -> gateway.attachedTo() == standby.grpcPort());
        Duration took = Duration.ofNanos(System.nanoTime() - killed);
        System.out.println("takeover after a kill: " + took.toMillis() + " ms");

        assertThat(took)
                .as("a machine that is busy with other things gets twice the 10 s")
                .isLessThan(Duration.ofSeconds(20));
        allIsWrittenDown("killed", pods);
        leader.restart();
        assertThat(leader.leads()).as("who comes back stands by").isFalse();
    }

    @Test
    void aLeaderThatWasAwayAndDoesNotKnowChangesNothing() throws Exception {
        Set<String> pods = pool();
        answerHalf("late");
        OperatorProcess late = leader();
        OperatorProcess standby = standby();
        double written = late.metric("dialplane_operator_writes_total", "callsessions");
        late.signal("STOP");
        try {
            // On its way to an operator that is away, and told to the next leader as well.
            endAll("late");
            await().atMost(SOON).until(standby::leads);
            try (RoamingGateway other = new RoamingGateway(
                    List.of(standby.grpcPort()),
                    port -> new FakeGateway(port, token, gatewayUid, List.of()).attach())) {
                tellAll(other, "late");
                await().atMost(SOON).until(() -> other.unacknowledged() == 0);
            }
        } finally {
            late.signal("CONT");
        }

        allIsWrittenDown("late", pods);
        assertThat(late.leads()).isFalse();
        assertThat(late.metric("dialplane_operator_writes_total", "callsessions"))
                .isEqualTo(written);
    }

    @Test
    void withoutAnApiServerNobodyLeadsAndNobodyExits() throws Exception {
        Set<String> pods = pool();
        answerHalf("outage");
        List<Long> pids = operators.stream().map(OperatorProcess::pid).toList();

        cluster.stopApi();
        endAll("outage");
        await().atMost(SOON).until(() -> leaders() == 0 && gateway.attachedTo() == 0);
        await("nothing is acknowledged, nobody exits")
                .during(Duration.ofSeconds(8))
                .atMost(SOON)
                .until(() -> gateway.unacknowledged() == 2 * CALLS - CALLS / 2
                        && gateway.attachedTo() == 0
                        && operators.stream().allMatch(OperatorProcess::alive));
        cluster.startApi();

        allIsWrittenDown("outage", pods);
        assertThat(leaders()).isEqualTo(1);
        assertThat(operators.stream().map(OperatorProcess::pid).toList()).isEqualTo(pids);
    }

    @Test
    void endedSessionsAreBoundedAndTheOldestGoFirst() {
        tellAll(gateway, "first");
        await().atMost(SOON).until(() -> gateway.unacknowledged() == 0);
        tellAll(gateway, "second");
        await().atMost(SOON).until(() -> gateway.unacknowledged() == 0);

        await().atMost(SOON)
                .until(() -> cluster.client()
                                .resources(CallSession.class)
                                .inAnyNamespace()
                                .list()
                                .getItems()
                                .size()
                        <= RETAINED);
        assertThat(cluster.client()
                        .resources(CallSession.class)
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .extracting(session -> session.getSpec().callId())
                .filteredOn(call -> call.startsWith("CA-second"))
                .hasSize(CALLS);
        assertThat(leader().metric("dialplane_operator_sessions_evicted_total", ""))
                .isGreaterThanOrEqualTo(2 * CALLS - RETAINED);
    }

    @Test
    void theApiServerServesTheOperatorByItsOwnFlowSchemas() {
        for (String schema : List.of("dialplane-operator", "dialplane-operator-lease")) {
            await(schema)
                    .atMost(SOON)
                    .until(() -> cluster.client()
                            .raw("/metrics")
                            .lines()
                            .anyMatch(line -> line.startsWith("apiserver_flowcontrol_dispatched_requests_total{")
                                    && line.contains("flow_schema=\"" + schema + "\"")
                                    && !line.endsWith(" 0")));
        }
    }

    @Test
    void metersTellOfPoolsWritesAndReconciliationsAndOfNoCall() throws Exception {
        pool();
        tellAll(gateway, "metered");
        gateway.tell(event("refused", 1, 1)
                .setRefused(Refused.newBuilder().setCause(Cause.CAUSE_ABANDONED).setRequestTimeUnixMs(1))
                .build());
        await().atMost(SOON).until(() -> gateway.unacknowledged() == 0);
        OperatorProcess leader = leader();

        String pool = "namespace=\"" + namespace + "\",pool=\"desk\"";
        await().atMost(SOON).until(() -> leader.metric("dialplane_agents", pool + ",state=\"Idle\"") == 3);
        assertThat(leader.metric("dialplane_agents_target", pool)).isEqualTo(3);
        assertThat(leader.metric("dialplane_calls_refused_total", "cause=\"Abandoned\"," + pool))
                .isEqualTo(1);
        assertThat(leader.metric("dialplane_operator_writes_total", "resource=\"pods\",verb=\"create\""))
                .isGreaterThanOrEqualTo(3);
        assertThat(leader.metric("dialplane_operator_reconcile_seconds_count", "controller=\"callsessions\""))
                .isPositive();
        assertThat(leader.metrics())
                .contains(
                        "dialplane_operator_reconcile_waiting{resource=\"voiceagentpools\"}",
                        "dialplane_operator_leader 1",
                        "dialplane_pool_offered_erlangs{",
                        "dialplane_pool_arrivals_per_second{",
                        "dialplane_pool_start_seconds{")
                .doesNotContain("metered1", "CA-", "\"in-", "••••");
    }

    private Set<String> pool() {
        cluster.client().resource("""
                        apiVersion: dialplane.dev/v1alpha1
                        kind: VoiceAgentPool
                        metadata: {name: desk, namespace: %s}
                        spec: {agent: {greeting: Hello}, scaling: {mode: External, replicas: 3}}
                        """.formatted(namespace)).create();
        await().atMost(SOON).until(() -> pods().size() == 3);
        return uids();
    }

    private Demand demand(int waiting, int active) {
        return Demand.newBuilder()
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setArrivals(waiting + active)
                .setWaiting(waiting)
                .setActive(active)
                .build();
    }

    private void answerHalf(String about) {
        for (int i = 0; i < CALLS / 2; i++) {
            gateway.tell(event(about, i, 1).setAnswered(answered()).build());
        }
        await().atMost(SOON).until(() -> gateway.unacknowledged() == 0);
    }

    private void endAll(String about) {
        tellAll(gateway, about);
    }

    private void tellAll(RoamingGateway to, String about) {
        for (int i = 0; i < CALLS; i++) {
            if (i >= CALLS / 2) {
                to.tell(event(about, i, 1).setAnswered(answered()).build());
            }
            to.tell(event(about, i, 2).setEnded(ended()).build());
        }
    }

    private void allIsWrittenDown(String about, Set<String> pods) {
        await(about).atMost(SOON).until(() -> gateway.unacknowledged() == 0);
        List<CallSession> sessions = cluster.client()
                .resources(CallSession.class)
                .inNamespace(namespace)
                .list()
                .getItems();
        assertThat(sessions)
                .hasSize(CALLS)
                .allSatisfy(session -> assertThat(session.getStatus().phase()).isEqualTo(Phase.Completed))
                .extracting(session -> session.getSpec().callId())
                .doesNotHaveDuplicates();
        assertThat(uids()).as("no agent came or went").isEqualTo(pods);
        Pod victim = pods().getFirst();
        node.kill(victim);
        await("agents are replaced as before")
                .atMost(SOON)
                .until(() -> pods().size() == 3
                        && !uids().contains(victim.getMetadata().getUid()));
    }

    private List<Pod> pods() {
        return cluster.client().pods().inNamespace(namespace).list().getItems().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    private Set<String> uids() {
        return pods().stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    }

    private static Lease lease() {
        return cluster.client()
                .leases()
                .inNamespace(TestCluster.SYSTEM)
                .withName(LeaseRegister.NAME)
                .get();
    }

    private static long leaders() {
        return operators.stream().filter(OperatorProcess::leads).count();
    }

    private static OperatorProcess leader() {
        return operators.stream().filter(OperatorProcess::leads).findFirst().orElseThrow();
    }

    private static OperatorProcess standby() {
        return operators.stream()
                .filter(operator -> !operator.leads())
                .findFirst()
                .orElseThrow();
    }

    private CallEvent.Builder event(String about, int call, int seq) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder().setCallId(about + call).setAttempt(1))
                .setSeq(seq)
                .setTimeUnixMs(System.currentTimeMillis())
                .setPool(PoolRef.newBuilder().setNamespace(namespace).setName("desk"))
                .setCarrier("twilio")
                .setAccount("AC1")
                .setCarrierCallId("CA-" + about + call)
                .setParty("••••••5678");
    }

    private static Answered answered() {
        return Answered.newBuilder()
                .setPodName("desk-x7")
                .setPodUid("uid-x7")
                .setRequestTimeUnixMs(1)
                .setReserveTimeUnixMs(2)
                .setAnswerTimeUnixMs(3)
                .build();
    }

    private static Ended ended() {
        return Ended.newBuilder()
                .setCause(Cause.CAUSE_CALLER_HUNG_UP)
                .setAnswered(answered())
                .setTurns(3)
                .setEndTimeUnixMs(System.currentTimeMillis())
                .build();
    }
}
