package dev.dialplane.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LocalNodeSystemIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    static NodeFixture fixture;

    @BeforeAll
    static void start() throws IOException {
        fixture = new NodeFixture(directory);
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    void aPodIsAProcessWithItsOwnAddressAndEnvironment() throws IOException {
        fixture.create(
                "environment",
                "Always",
                "echo ip=$IP name=$NAME tier=$TIER both=$BOTH image=$FROM_IMAGE "
                        + "host=$HOSTNAME home=$HOME; exec sleep 1000",
                pod -> env(pod).editMetadata()
                        .withLabels(Map.of("tier", "gold"))
                        .endMetadata());
        Pod pod = awaitReady("environment");
        String address = pod.getStatus().getPodIP();
        assertThat(address).startsWith("127.77.");
        assertThat(fixture.log("environment"))
                .isEqualTo("ip=" + address + " name=environment tier=gold both=environment-gold image=yes"
                        + " host=environment home=\n");
        assertThat(processOf(pod)).isPresent().get().matches(ProcessHandle::isAlive);
    }

    private static PodBuilder env(PodBuilder pod) {
        return pod.editSpec()
                .editFirstContainer()
                .addNewEnv()
                .withName("IP")
                .withNewValueFrom()
                .withNewFieldRef("v1", "status.podIP")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("NAME")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.name")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("TIER")
                .withNewValueFrom()
                .withNewFieldRef("v1", "metadata.labels['tier']")
                .endValueFrom()
                .endEnv()
                .addToEnv(new EnvVarBuilder()
                        .withName("BOTH")
                        .withValue("$(NAME)-$(TIER)")
                        .build())
                .endContainer()
                .endSpec();
    }

    @Test
    void exitCodesBecomePhasesWhenNothingIsRestarted() {
        fixture.create("ends-well", "Never", "exit 0", pod -> pod);
        fixture.create("ends-badly", "Never", "exit 3", pod -> pod);
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(fixture.get("ends-well").getStatus().getPhase()).isEqualTo("Succeeded");
            assertThat(fixture.get("ends-badly").getStatus().getPhase()).isEqualTo("Failed");
        });
        var well = container(fixture.get("ends-well")).getState().getTerminated();
        var badly = container(fixture.get("ends-badly")).getState().getTerminated();
        assertThat(well.getReason()).isEqualTo("Completed");
        assertThat(badly.getReason()).isEqualTo("Error");
        assertThat(badly.getExitCode()).isEqualTo(3);
    }

    @Test
    void aKilledProcessIsStartedAgainAtOnceAndThenWithBackOff() {
        fixture.create("killed", "Always", "exec sleep 1000", pod -> pod);
        Pod first = awaitReady("killed");
        processOf(first).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            ContainerStatus status = container(fixture.get("killed"));
            assertThat(status.getRestartCount()).isEqualTo(1);
            assertThat(status.getReady()).isTrue();
            assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(137);
        });
        processOf(fixture.get("killed")).orElseThrow().destroyForcibly();
        await().atMost(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(
                                container(fixture.get("killed")).getState().getWaiting())
                        .isNotNull()
                        .satisfies(waiting -> assertThat(waiting.getReason()).isEqualTo("CrashLoopBackOff")));
        await().atMost(PATIENCE)
                .until(() -> container(fixture.get("killed")).getRestartCount() == 2
                        && container(fixture.get("killed")).getReady());
    }

    @Test
    void anUnknownImageIsAReasonToWait() {
        fixture.create(
                "unknown",
                "Always",
                "",
                pod -> pod.editSpec()
                        .editFirstContainer()
                        .withImage("example.org/none:1")
                        .endContainer()
                        .endSpec());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                container(fixture.get("unknown")).getState().getWaiting())
                        .satisfies(waiting -> {
                            assertThat(waiting.getReason()).isEqualTo("ErrImagePull");
                            assertThat(waiting.getMessage())
                                    .isEqualTo("this node has no image example.org/none:1; it knows [shell]");
                        }));
        assertThat(fixture.get("unknown").getStatus().getPhase()).isEqualTo("Pending");
    }

    @Test
    void aPodIsReadyWhileItsHttpProbePasses() {
        Probe probe = new ProbeBuilder()
                .withNewHttpGet()
                .withPort(new IntOrString(8080))
                .withPath("/ok")
                .endHttpGet()
                .withPeriodSeconds(1)
                .withFailureThreshold(1)
                .build();
        fixture.create(
                "probed",
                "Always",
                "mkdir -p www; touch www/ok; exec $JDK/bin/jwebserver -b $IP -p 8080 -d $PWD/www",
                pod -> probe(env(pod), probe));
        Pod pod = awaitReady("probed");
        Path www = directory
                .resolve("pods")
                .resolve(NodeFixture.NAMESPACE + "_probed_" + pod.getMetadata().getUid() + "/www/ok");
        assertThat(www.toFile().delete()).isTrue();
        await().atMost(PATIENCE).until(() -> !container(fixture.get("probed")).getReady());
        assertThat(condition(fixture.get("probed"), "Ready")).isEqualTo("False");
        assertThat(container(fixture.get("probed")).getRestartCount()).isZero();
    }

    private static PodBuilder probe(PodBuilder pod, Probe readiness) {
        return pod.editSpec()
                .editFirstContainer()
                .withReadinessProbe(readiness)
                .endContainer()
                .endSpec();
    }

    @Test
    void aContainerThatFailsItsLivenessProbeIsStartedAgain() {
        fixture.create(
                "unlively",
                "Always",
                "touch alive; exec sleep 1000",
                pod -> pod.editSpec()
                        .editFirstContainer()
                        .withNewLivenessProbe()
                        .withNewExec()
                        .withCommand("/bin/sh", "-c", "test -e alive && rm alive")
                        .endExec()
                        .withPeriodSeconds(1)
                        .withFailureThreshold(1)
                        .endLivenessProbe()
                        .endContainer()
                        .endSpec());
        await().atMost(PATIENCE).until(() -> container(fixture.get("unlively")).getRestartCount() >= 1);
        assertThat(fixture.client()
                        .v1()
                        .events()
                        .inNamespace(NodeFixture.NAMESPACE)
                        .list()
                        .getItems())
                .anyMatch(event -> event.getReason().equals("Unhealthy")
                        && event.getInvolvedObject().getName().equals("unlively")
                        && event.getMessage().startsWith("Liveness probe failed: "));
    }

    @Test
    void deletionWaitsForTheHookAndTheProcess() throws IOException {
        fixture.create(
                "polite",
                "Always",
                "trap 'echo asked; exit 0' TERM; echo up; while :; do sleep 0.1; done",
                pod -> pod.editSpec()
                        .editFirstContainer()
                        .withNewLifecycle()
                        .withNewPreStop()
                        .withNewExec()
                        .withCommand("/bin/sh", "-c", "echo hook")
                        .endExec()
                        .endPreStop()
                        .endLifecycle()
                        .endContainer()
                        .endSpec());
        awaitLog("polite", "up\n");
        fixture.client().pods().resource(fixture.get("polite")).delete();
        await().atMost(PATIENCE).until(() -> fixture.get("polite") == null);
        assertThat(fixture.log("polite")).isEqualTo("up\nhook\nasked\n");
    }

    @Test
    void aProcessThatDoesNotListenIsKilledWhenTheGraceIsOver() throws IOException {
        fixture.create(
                "deaf", "Always", "trap '' TERM; echo up; while :; do sleep 0.1; done", UnaryOperator.identity());
        awaitLog("deaf", "up\n");
        ProcessHandle process = processOf(awaitReady("deaf")).orElseThrow();
        long start = System.nanoTime();
        fixture.client().pods().resource(fixture.get("deaf")).withGracePeriod(2).delete();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
        await().atMost(PATIENCE).until(() -> fixture.get("deaf") == null);
    }

    @Test
    void deletionByForceKillsAtOnceAndTheChildrenToo() throws IOException {
        fixture.create(
                "forced",
                "Always",
                "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.1; done",
                UnaryOperator.identity());
        ProcessHandle process = processOf(awaitReady("forced")).orElseThrow();
        await().atMost(PATIENCE).until(() -> fixture.log("forced").endsWith("\n"));
        long child = Long.parseLong(fixture.log("forced").strip());
        fixture.client()
                .pods()
                .resource(fixture.get("forced"))
                .withGracePeriod(0)
                .delete();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThat(process.isAlive()).isFalse();
            assertThat(ProcessHandle.of(child)).isEmpty();
        });
    }

    @Test
    void aProjectedTokenIsForItsAudienceAndNamesThePod() throws IOException {
        fixture.create(
                "token",
                "Always",
                "cat $TOKEN; echo; exec sleep 1000",
                pod -> pod.editSpec()
                        .addToVolumes(new VolumeBuilder()
                                .withName("identity")
                                .withNewProjected()
                                .addNewSource()
                                .withNewServiceAccountToken("dialplane-operator", 600L, "token")
                                .endSource()
                                .endProjected()
                                .build())
                        .editFirstContainer()
                        .addToVolumeMounts(new VolumeMountBuilder()
                                .withName("identity")
                                .withMountPath("/var/run/secrets/dialplane")
                                .build())
                        .addToEnv(new EnvVarBuilder()
                                .withName("TOKEN")
                                .withValue("/var/run/secrets/dialplane/token")
                                .build())
                        .endContainer()
                        .endSpec());
        awaitReady("token");
        await().atMost(PATIENCE).until(() -> fixture.log("token").endsWith("\n"));
        TokenReview review = fixture.client()
                .tokenReviews()
                .create(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(fixture.log("token").strip())
                        .withAudiences("dialplane-operator")
                        .endSpec()
                        .build());
        assertThat(review.getStatus().getAuthenticated()).isTrue();
        assertThat(review.getStatus().getUser().getExtra().get("authentication.kubernetes.io/pod-name"))
                .containsExactly("token");
    }

    @Test
    void aPodWithAnApiTokenFindsAKubeconfigThatWorks() throws IOException {
        fixture.create(
                "api",
                "Never",
                "$KUBECTL auth whoami -o 'jsonpath={.status.userInfo.username}'",
                pod -> pod.editSpec().withAutomountServiceAccountToken(true).endSpec());
        await().atMost(PATIENCE)
                .until(() -> fixture.get("api").getStatus().getPhase().equals("Succeeded"));
        assertThat(fixture.log("api")).isEqualTo("system:serviceaccount:" + NodeFixture.NAMESPACE + ":default");
    }

    @Test
    void aPodMayAskForAnAddress() {
        String wanted = fixture.addresses.pinned(7);
        UnaryOperator<PodBuilder> pinned = pod -> pod.editMetadata()
                .withAnnotations(Map.of("dialplane.dev/local-address", wanted))
                .endMetadata();
        fixture.create("pinned", "Always", "exec sleep 1000", pinned);
        assertThat(awaitReady("pinned").getStatus().getPodIP()).isEqualTo(wanted);
        fixture.create("pinned-too", "Always", "exec sleep 1000", pinned);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                container(fixture.get("pinned-too")).getState().getWaiting())
                        .isNotNull()
                        .satisfies(waiting -> assertThat(waiting.getReason()).isEqualTo("AddressInUse")));
        fixture.client()
                .pods()
                .resource(fixture.get("pinned"))
                .withGracePeriod(0)
                .delete();
        assertThat(awaitReady("pinned-too").getStatus().getPodIP()).isEqualTo(wanted);
    }

    @Test
    void processesOutliveAnOutageOfTheApiServerAndAreReportedAfterIt() throws IOException {
        fixture.create("outage", "Always", "exec sleep 1000", pod -> pod);
        fixture.create("outage-stays", "Always", "exec sleep 1000", pod -> pod);
        ProcessHandle process = processOf(awaitReady("outage")).orElseThrow();
        ProcessHandle stays = processOf(awaitReady("outage-stays")).orElseThrow();
        fixture.cluster.stopApiServer();
        process.destroyForcibly();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
        assertThat(stays.isAlive()).isTrue();
        fixture.cluster.startApiServer();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(container(fixture.get("outage")).getRestartCount())
                        .isEqualTo(1));
        assertThat(stays.isAlive()).isTrue();
        fixture.client().pods().resource(fixture.get("outage-stays")).delete();
        await().atMost(PATIENCE).until(() -> fixture.get("outage-stays") == null);
        assertThat(stays.isAlive()).isFalse();
    }

    @Test
    void aHeldPodStaysDownUntilItIsReleased() {
        fixture.create("held", "Always", "exec sleep 1000", pod -> pod);
        ProcessHandle process = processOf(awaitReady("held")).orElseThrow();
        fixture.node.hold(NodeFixture.NAMESPACE, "held");
        await().atMost(PATIENCE)
                .until(() ->
                        !process.isAlive() && !container(fixture.get("held")).getReady());
        await().during(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .until(() -> container(fixture.get("held")).getState().getRunning() == null);
        fixture.node.release(NodeFixture.NAMESPACE, "held");
        await().atMost(PATIENCE).until(() -> container(fixture.get("held")).getReady());
    }

    private static void awaitLog(String name, String expected) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(fixture.log(name)).isEqualTo(expected));
    }

    private static Pod awaitReady(String name) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> condition(fixture.get(name), "Ready").equals("True"));
        return fixture.get(name);
    }

    private static String condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .map(condition -> condition.getStatus())
                .findFirst()
                .orElse("");
    }

    private static ContainerStatus container(Pod pod) {
        await().atMost(PATIENCE)
                .until(() -> !fixture.get(pod.getMetadata().getName())
                        .getStatus()
                        .getContainerStatuses()
                        .isEmpty());
        return fixture.get(pod.getMetadata().getName())
                .getStatus()
                .getContainerStatuses()
                .getFirst();
    }

    private static java.util.Optional<ProcessHandle> processOf(Pod pod) {
        String id = container(pod).getContainerID();
        return ProcessHandle.of(Long.parseLong(id.substring("process://".length())));
    }
}
