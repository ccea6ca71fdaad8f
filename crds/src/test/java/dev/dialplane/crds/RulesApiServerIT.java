package dev.dialplane.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dialplane.crds.pool.Pipeline;
import dev.dialplane.crds.pool.Recycle;
import dev.dialplane.crds.pool.Scaling;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of both resources, as a real API server enforces it. */
class RulesApiServerIT {

    @TempDir
    static Path work;

    private static ApiServer server;
    private static KubernetesClient client;

    @BeforeAll
    static void startServer() throws IOException {
        server = ApiServer.start(work);
        client = server.client();
        for (String file : CrdYaml.generate().keySet()) {
            try (var text = Files.newInputStream(CrdYaml.directory().resolve(file))) {
                client.load(text).serverSideApply();
            }
        }
        client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .list()
                .getItems()
                .forEach(crd -> client.resource(crd)
                        .waitUntilCondition(
                                found -> found.getStatus() != null
                                        && found.getStatus().getConditions().stream()
                                                .anyMatch(condition -> condition
                                                                .getType()
                                                                .equals("Established")
                                                        && condition.getStatus().equals("True")),
                                30,
                                TimeUnit.SECONDS));
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @AfterEach
    void deleteAll() {
        client.resources(VoiceAgentPool.class).inNamespace("default").delete();
        client.resources(CallSession.class).inNamespace("default").delete();
    }

    @ParameterizedTest
    @MethodSource("dev.dialplane.crds.Rule#all")
    void whatBreaksTheRuleIsRefusedAndTheRestIsAccepted(Rule rule) {
        KubernetesClientException refusal = catchThrowableOfType(
                KubernetesClientException.class,
                () -> tryCreate(Sample.with(rule.resource(), rule.at(), rule.refused())));
        assertThat(refusal).as("refusal of %s: %s", rule.at(), rule.refused()).isNotNull();
        assertThat(refusal.getCode()).isEqualTo(422);
        assertThat(refusal.getStatus().getMessage()).contains(rule.message());

        assertThatCode(() -> tryCreate(Sample.with(rule.resource(), rule.at(), rule.accepted())))
                .doesNotThrowAnyException();
    }

    private static void tryCreate(GenericKubernetesResource resource) {
        client.resource(resource).dryRun(true).create();
    }

    @Test
    void aPoolWithAnAgentAloneIsFilledInWithTheDefaults() {
        client.resource(Sample.with(Sample.POOL, "/spec", "{agent: {}}")).create();

        VoiceAgentPool pool = client.resources(VoiceAgentPool.class)
                .inNamespace("default")
                .withName("receptionist")
                .get();

        assertThat(pool.getSpec().agent().language()).isEqualTo("en-IN");
        assertThat(pool.getSpec().agent().pipeline())
                .isEqualTo(new Pipeline(
                        Pipeline.Mode.Cascade,
                        new Pipeline.Model("local", "moonshine-tiny", null),
                        new Pipeline.Model("local", "answers", null),
                        new Pipeline.Model("local", "piper-joe", null),
                        null,
                        null));
        assertThat(pool.getSpec().agent().turnTaking().silence().max()).isEqualTo("3s");
        assertThat(pool.getSpec().agent().slowModel().giveUp()).isEqualTo("12s");
        assertThat(pool.getSpec().call().maxDuration()).isEqualTo("1h");
        assertThat(pool.getSpec().runtime().image()).isEqualTo("dialplane/agent-runtime");
        assertThat(pool.getSpec().runtime().resources().memory().toString()).isEqualTo("160Mi");
        assertThat(pool.getSpec().scaling())
                .isEqualTo(new Scaling(Scaling.Mode.Auto, 3, 2, 200, "0.001", "5m", List.of()));
        assertThat(pool.getSpec().recycle()).isEqualTo(new Recycle(Recycle.Mode.Reuse, null, "24h"));
        assertThat(pool.getSpec().rollout().maxSurge().getStrVal()).isEqualTo("25%");
        assertThat(pool.getSpec().rollout().maxUnavailable().getIntVal()).isZero();
        assertThat(pool.getSpec().overflow().queue().maxLength()).isEqualTo(20);
    }

    @Test
    void theWholeSampleComesBackAsItWasWritten() {
        GenericKubernetesResource written = Sample.of(Sample.POOL);
        client.resource(written).create();

        GenericKubernetesResource read = client.resource(written).get();

        assertThat(read.<Object>get("spec")).isEqualTo(written.<Object>get("spec"));
        VoiceAgentPool typed = client.resources(VoiceAgentPool.class)
                .inNamespace("default")
                .withName("receptionist")
                .get();
        assertThat(client.getKubernetesSerialization().<Object>convertValue(typed.getSpec(), Object.class))
                .isEqualTo(written.<Object>get("spec"));
    }

    @Test
    void anExternalPoolIsScaledByKubectlAndAnAutoPoolSaysWhyItIsNot() throws Exception {
        client.resource(Sample.with(Sample.POOL, "/spec/scaling", "{mode: External, replicas: 3, max: 9}"))
                .create();

        assertThat(server.kubectl("scale", "vap/receptionist", "--replicas=7")).contains("scaled");
        assertThat(pool().getSpec().scaling().replicas()).isEqualTo(7);
        assertThat(server.kubectl("scale", "vap/receptionist", "--replicas=10"))
                .contains("spec.scaling.replicas must be from 0 to spec.scaling.max in mode External");

        change("/spec/scaling/mode", "Auto");
        assertThat(server.kubectl("scale", "vap/receptionist", "--replicas=8"))
                .contains("cannot be changed while spec.scaling.mode is Auto")
                .contains("set spec.scaling.mode to External");
        assertThat(pool().getSpec().scaling().replicas()).isEqualTo(7);
    }

    @Test
    void theScaleSubresourceTellsTheReplicasAndTheSelectorOfTheStatus() throws Exception {
        client.resource(Sample.of(Sample.POOL)).create();
        patch(
                VoiceAgentPool.class,
                "receptionist",
                "status",
                "{\"status\":{\"replicas\":4,\"selector\":\"dialplane.dev/pool=receptionist\"}}");

        String scale = server.kubectl(
                "get", "--raw", "/apis/dialplane.dev/v1alpha1/namespaces/default/voiceagentpools/receptionist/scale");

        assertThat(scale)
                .contains("\"replicas\":4", "\"selector\":\"dialplane.dev/pool=receptionist\"", "\"replicas\":3");
    }

    @Test
    void aSessionIsImmutableExceptThatItCanBeHungUpOnce() {
        client.resource(Sample.of(Sample.OUTBOUND)).create();
        for (String change : List.of(
                "{\"to\":\"+919800000000\"}",
                "{\"from\":\"+918000000002\"}",
                "{\"poolRef\":{\"name\":\"other\"}}",
                "{\"carrier\":\"vonage\"}",
                "{\"carrier\":null}",
                "{\"purpose\":\"Promotional\"}",
                "{\"notAfter\":\"2027-11-22T12:00:00Z\"}",
                "{\"ttlAfterEnd\":\"20m\"}",
                "{\"callId\":\"\"}",
                "{\"variables\":null}",
                "{\"variables\":[{\"name\":\"customer\",\"value\":\"Ravi\"}]}")) {
            assertThat(refusal("{\"spec\":" + change + "}"))
                    .as(change)
                    .contains("spec cannot be changed, except hangUp");
        }

        patch(CallSession.class, "reminder", "", "{\"metadata\":{\"labels\":{\"team\":\"a\"}}}");
        patch(CallSession.class, "reminder", "", "{\"spec\":{\"hangUp\":true}}");

        assertThat(refusal("{\"spec\":{\"hangUp\":false}}")).contains("spec.hangUp can go from false to true only");
    }

    @Test
    void sessionsAreFoundByPoolDirectionAndPhase() {
        client.resource(Sample.of(Sample.OUTBOUND)).create();
        client.resource(Sample.of(Sample.INBOUND)).create();
        patch(CallSession.class, "reminder", "status", "{\"status\":{\"phase\":\"Failed\",\"cause\":\"NoAnswer\"}}");

        var sessions = client.resources(CallSession.class).inNamespace("default");

        assertThat(sessions.withField("spec.poolRef.name", "receptionist")
                        .list()
                        .getItems())
                .hasSize(2);
        assertThat(sessions.withField("spec.poolRef.name", "other").list().getItems())
                .isEmpty();
        assertThat(sessions.withField("spec.direction", "Inbound").list().getItems())
                .hasSize(1);
        assertThat(sessions.withField("status.phase", "Failed").list().getItems())
                .extracting(session -> session.getStatus().phase())
                .containsExactly(CallSessionStatus.Phase.Failed);
    }

    @Test
    void twoManagersOwnAConditionEach() {
        client.resource(Sample.of(Sample.POOL)).create();
        for (String type : List.of("Ready", "Degraded")) {
            client.resource(Sample.of("""
                            apiVersion: dialplane.dev/v1alpha1
                            kind: VoiceAgentPool
                            metadata: {name: receptionist, namespace: default}
                            status:
                              conditions:
                                - {type: %s, status: "True", reason: Test, message: "", observedGeneration: 1,
                                   lastTransitionTime: "2026-11-22T12:00:00Z"}
                            """.formatted(type)))
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager("manager-" + type.toLowerCase(java.util.Locale.ROOT))
                            .build());
        }
        assertThat(pool().getStatus().conditions()).extracting(Condition::type).containsExactly("Ready", "Degraded");
    }

    @Test
    void kubectlKnowsTheShortNamesTheCategoryAndTheColumnsInTheirOrder() throws Exception {
        client.resource(Sample.of(Sample.POOL)).create();
        client.resource(Sample.of(Sample.OUTBOUND)).create();

        assertThat(server.kubectl("get", "vap")).containsPattern("NAME +READY +IDLE +BUSY +TARGET +RULE +AGE");
        assertThat(server.kubectl("get", "call"))
                .containsPattern("NAME +PHASE +POOL +PARTY +TURNS +RESPONSE +CAUSE +AGE");
        assertThat(server.kubectl("get", "dialplane"))
                .contains("voiceagentpool.dialplane.dev/receptionist", "callsession.dialplane.dev/reminder");
        assertThat(server.kubectl("explain", "vap.spec.scaling.blocking")).contains("above 0 and at most 0.5");
    }

    private static VoiceAgentPool pool() {
        return client.resources(VoiceAgentPool.class)
                .inNamespace("default")
                .withName("receptionist")
                .get();
    }

    private static void change(String pointer, String value) {
        GenericKubernetesResource changed = client.genericKubernetesResources(
                        "dialplane.dev/v1alpha1", "VoiceAgentPool")
                .inNamespace("default")
                .withName("receptionist")
                .get();
        String text = client.getKubernetesSerialization().asYaml(changed);
        client.resource(Sample.with(text, pointer, value)).update();
    }

    private static void patch(
            Class<? extends io.fabric8.kubernetes.api.model.HasMetadata> type,
            String name,
            String subresource,
            String patch) {
        var resource = client.resources(type).inNamespace("default").withName(name);
        PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
        if (subresource.isEmpty()) {
            resource.patch(merge, patch);
        } else {
            resource.subresource(subresource).patch(merge, patch);
        }
    }

    private static String refusal(String patch) {
        KubernetesClientException refusal = catchThrowableOfType(
                KubernetesClientException.class, () -> patch(CallSession.class, "reminder", "", patch));
        assertThat(refusal).as("refusal of %s", patch).isNotNull();
        return refusal.getStatus().getMessage();
    }
}
