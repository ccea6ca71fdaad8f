package dev.dialplane.crds;

import static dev.dialplane.crds.Rule.inbound;
import static dev.dialplane.crds.Rule.outbound;
import static dev.dialplane.crds.Rule.pool;
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
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void deleteAll() {
        client.resources(VoiceAgentPool.class).inNamespace("default").delete();
        client.resources(CallSession.class).inNamespace("default").delete();
    }

    static Stream<Rule> rules() {
        String many = String.join(", ", Collections.nCopies(65, "{when: [\"Hello there\"], say: Hello}"));
        String longest = String.join(", ", Collections.nCopies(64, "{when: [Hello], say: Hello}"));
        String seventeen = String.join(
                ", ",
                IntStream.range(0, 17).mapToObj(i -> "\"Example " + i + "\"").toList());
        String sixteen = String.join(
                ", ",
                IntStream.range(0, 16).mapToObj(i -> "\"Example " + i + "\"").toList());
        String dash = "spec.agent.";
        return Stream.of(
                pool(
                        "a name of at most 50 characters",
                        "/metadata/name",
                        "a".repeat(51),
                        "metadata.name must be at most 50 characters",
                        "a".repeat(50)),
                pool("an agent is required", "/spec/agent", "", "spec.agent: Required value", "{}"),
                pool(
                        "min <= max",
                        "/spec/scaling",
                        "{min: 5, max: 4}",
                        "spec.scaling: Invalid value: min must not be greater than max",
                        "{min: 4, max: 4}"),
                pool(
                        "replicas at most max in External",
                        "/spec/scaling",
                        "{mode: External, replicas: 5, max: 4}",
                        "spec.scaling.replicas must be from 0 to spec.scaling.max in mode External",
                        "{mode: External, replicas: 0, max: 4}"),
                pool(
                        "replicas not negative",
                        "/spec/scaling",
                        "{mode: External, replicas: -1}",
                        "spec.scaling.replicas",
                        "{mode: External, replicas: 1}"),
                pool(
                        "a mode of scaling that exists",
                        "/spec/scaling/mode",
                        "Manual",
                        "supported values: \"Auto\", \"External\"",
                        "External"),
                pool(
                        "blocking above 0",
                        "/spec/scaling/blocking",
                        "\"0.0\"",
                        "spec.scaling.blocking must be above 0 and at most 0.5",
                        "\"0.000001\""),
                pool(
                        "blocking at most 0.5",
                        "/spec/scaling/blocking",
                        "\"0.51\"",
                        "spec.scaling.blocking must be above 0 and at most 0.5",
                        "\"0.5\""),
                pool("blocking is a number", "/spec/scaling/blocking", "\"few\"", "spec.scaling.blocking", "\".01\""),
                pool(
                        "scaleDownAfter is a duration",
                        "/spec/scaling/scaleDownAfter",
                        "\"5 minutes\"",
                        "spec.scaling.scaleDownAfter",
                        "5m30s"),
                pool(
                        "a floor within max",
                        "/spec/scaling/floors",
                        "[{cron: \"0 9 * * *\", duration: 1h, min: 201}]",
                        "a floor's min must not be greater than spec.scaling.max",
                        "[{cron: \"0 9 * * *\", duration: 1h, min: 200}]"),
                pool(
                        "a floor's cron has five fields",
                        "/spec/scaling/floors",
                        "[{cron: \"0 9 * *\", duration: 1h, min: 2}]",
                        "spec.scaling.floors[0].cron",
                        "[{cron: \"*/5 9-17 * * MON,TUE\", duration: 1h, min: 2}]"),
                pool(
                        "a floor lasts a minute or more",
                        "/spec/scaling/floors",
                        "[{cron: \"0 9 * * *\", duration: 1s, min: 2}]",
                        "spec.scaling.floors: duration must be from 1m to 168h",
                        "[{cron: \"0 9 * * *\", duration: 1m, min: 2}]"),
                pool(
                        "no overflow into itself",
                        "/spec/overflow/poolRef/name",
                        "receptionist",
                        "a pool cannot overflow into itself",
                        "other"),
                pool(
                        "maxWait at most 10m",
                        "/spec/overflow/queue/maxWait",
                        "11m",
                        "spec.overflow.queue.maxWait must be at most 10m",
                        "0s"),
                pool(
                        "Fresh excludes maxCalls",
                        "/spec/recycle",
                        "{mode: Fresh, maxCalls: 1}",
                        "spec.recycle.maxCalls must be omitted in mode Fresh",
                        "{mode: Fresh}"),
                pool(
                        "maxAge at least 1m",
                        "/spec/recycle/maxAge",
                        "59s",
                        "spec.recycle.maxAge must be at least 1m",
                        "1m"),
                pool(
                        "something to replace with",
                        "/spec/rollout",
                        "{maxSurge: 0, maxUnavailable: 0%}",
                        "maxSurge and maxUnavailable must not both be 0",
                        "{maxSurge: 0, maxUnavailable: 1}"),
                pool(
                        "maxSurge is a number or a percentage",
                        "/spec/rollout/maxSurge",
                        "some",
                        "spec.rollout.maxSurge must be a number from 0 or a percentage",
                        "150%"),
                pool(
                        "maxUnavailable at most all",
                        "/spec/rollout/maxUnavailable",
                        "101%",
                        "spec.rollout.maxUnavailable must be a number from 0 or a percentage up to 100%",
                        "100%"),
                pool(
                        "maxDuration from 10s",
                        "/spec/call/maxDuration",
                        "9s",
                        "spec.call.maxDuration must be from 10s to 24h",
                        "10s"),
                pool(
                        "maxDuration to 24h",
                        "/spec/call/maxDuration",
                        "25h",
                        "spec.call.maxDuration must be from 10s to 24h",
                        "24h"),
                pool(
                        "maxRinging to 5m",
                        "/spec/call/maxRinging",
                        "6m",
                        "spec.call.maxRinging must be from 1s to 5m",
                        "5m"),
                pool(
                        "cpu is a quantity",
                        "/spec/runtime/resources/cpu",
                        "lots",
                        "spec.runtime.resources.cpu must be a quantity above 0",
                        "1"),
                pool(
                        "cpu above 0",
                        "/spec/runtime/resources/cpu",
                        "0",
                        "spec.runtime.resources.cpu must be a quantity above 0",
                        "\"0.5\""),
                pool(
                        "memory at least 32Mi",
                        "/spec/runtime/resources/memory",
                        "16Mi",
                        "spec.runtime.resources.memory must be a quantity of at least 32Mi",
                        "33554432"),
                pool(
                        "an image is one word",
                        "/spec/runtime/image",
                        "two words",
                        "spec.runtime.image",
                        "registry.example:5000/agents/mine:1.0@sha256:0123"),
                pool(
                        "at most 64 answers",
                        "/spec/agent/answers",
                        "[" + many + "]",
                        "spec.agent.answers: Too many: 65: must have at most 64 items",
                        "[" + longest + "]"),
                pool(
                        "at most 16 examples",
                        "/spec/agent/answers",
                        "[{when: [" + seventeen + "], say: Hello}]",
                        "spec.agent.answers[0].when: Too many: 17: must have at most 16 items",
                        "[{when: [" + sixteen + "], say: Hello}]"),
                pool(
                        "an example at least",
                        "/spec/agent/answers",
                        "[{when: [], say: Hello}]",
                        "spec.agent.answers[0].when",
                        "[{when: [Hello], say: Hello}]"),
                pool(
                        "an answer says something",
                        "/spec/agent/answers",
                        "[{when: [Hello]}]",
                        "spec.agent.answers[0].say: Required value",
                        "[{when: [Hello], say: Hello}]"),
                pool(
                        "a slot type that exists",
                        "/spec/agent/answers",
                        "[{when: [Hi], slots: [{name: a, type: Year}], say: Hi}]",
                        "supported values: \"Date\", \"Number\", \"Phone\", \"Text\", \"Time\", \"YesNo\"",
                        "[{when: [Hi], slots: [{name: a, type: YesNo}], say: Hi}]"),
                pool(
                        "slots by name",
                        "/spec/agent/answers",
                        "[{when: [Hi], slots: [{name: a, type: Text}, {name: a, type: Date}], say: Hi}]",
                        "Duplicate value",
                        "[{when: [Hi], slots: [{name: a, type: Text}, {name: b, type: Date}], say: Hi}]"),
                pool(
                        "Transfer has a target",
                        "/spec/agent/answers",
                        "[{when: [Hi], say: Hi, then: {action: Transfer}}]",
                        "then.target is required for action Transfer",
                        "[{when: [Hi], say: Hi, then: {action: Transfer, target: desk}}]"),
                pool(
                        "Transfer's target exists",
                        "/spec/agent/answers",
                        "[{when: [Hi], say: Hi, then: {action: Transfer, target: nobody}}]",
                        "then.target of action Transfer must be the name of one of spec.agent.transferTargets",
                        "[{when: [Hi], say: Hi, then: {action: Transfer, target: desk}}]"),
                pool(
                        "Tool's target exists",
                        "/spec/agent/answers",
                        "[{when: [Hi], say: Hi, then: {action: Tool, target: desk}}]",
                        "then.target of action Tool must be the name of one of spec.agent.tools",
                        "[{when: [Hi], say: Hi, then: {action: Tool, target: findOrder}}]"),
                pool(
                        "HangUp has no target",
                        "/spec/agent/answers",
                        "[{when: [Hi], say: Hi, then: {action: HangUp, target: desk}}]",
                        "then.target must be omitted for action HangUp",
                        "[{when: [Hi], say: Hi, then: {action: HangUp}}]"),
                pool(
                        "a cascade has its parts",
                        "/spec/agent/pipeline",
                        "{mode: Cascade, speechToText: {provider: a, model: b}}",
                        "mode Cascade needs speechToText, languageModel and textToSpeech",
                        "{speechToText: {provider: a, model: b}, languageModel: {provider: a, model: b},"
                                + " textToSpeech: {provider: a, model: b}}"),
                pool(
                        "a cascade has no other part",
                        "/spec/agent/pipeline/speechToSpeech",
                        "{provider: a, model: b}",
                        "mode Cascade needs speechToText, languageModel and textToSpeech, and no speechToSpeech",
                        ""),
                pool(
                        "speech to speech has its part alone",
                        "/spec/agent/pipeline/mode",
                        "SpeechToSpeech",
                        "mode SpeechToSpeech needs speechToSpeech, and no speechToText",
                        "Cascade"),
                pool(
                        "speech to speech has its part",
                        "/spec/agent/pipeline",
                        "{mode: SpeechToSpeech}",
                        "mode SpeechToSpeech needs speechToSpeech",
                        "{mode: SpeechToSpeech, speechToSpeech: {provider: a, model: b}}"),
                pool(
                        "a provider has a name",
                        "/spec/agent/pipeline/textToSpeech",
                        "{provider: \"\", model: m}",
                        dash + "pipeline.textToSpeech.provider",
                        "{provider: p, model: m}"),
                pool(
                        "silence min <= max",
                        "/spec/agent/turnTaking/silence",
                        "{min: 4s, max: 3s}",
                        "spec.agent.turnTaking.silence: min must not be longer than max",
                        "{min: 3s, max: 3000ms}"),
                pool(
                        "silence min at least 50ms",
                        "/spec/agent/turnTaking/silence",
                        "{min: 10ms}",
                        "spec.agent.turnTaking.silence.min must be at least 50ms",
                        "{min: 50ms}"),
                pool(
                        "silence max at most 30s",
                        "/spec/agent/turnTaking/silence",
                        "{max: 31s}",
                        "spec.agent.turnTaking.silence.max must be at most 30s",
                        "{max: 30s}"),
                pool(
                        "callerIdle prompt < hangUp",
                        "/spec/agent/turnTaking/callerIdle",
                        "{prompt: 20s, hangUp: 20s}",
                        "prompt must be shorter than hangUp",
                        "{prompt: 19s, hangUp: 20s}"),
                pool(
                        "slowModel ascends",
                        "/spec/agent/slowModel",
                        "{comfortNoise: 2s, holdPhrase: 1s}",
                        "the steps must ascend: comfortNoise, holdPhrase, fallback, giveUp",
                        "{comfortNoise: 1s, holdPhrase: 1s}"),
                pool(
                        "slowModel ascends to its end",
                        "/spec/agent/slowModel/giveUp",
                        "3s",
                        "the steps must ascend",
                        "4s"),
                pool(
                        "a transfer goes to an E.164 number",
                        "/spec/agent/transferTargets",
                        "[{name: desk, to: \"08012345678\"}]",
                        "spec.agent.transferTargets[0].to",
                        "[{name: desk, to: \"+918012345678\"}]"),
                pool(
                        "facts by name",
                        "/spec/agent/facts",
                        "[{name: a, value: x}, {name: a, value: y}]",
                        "Duplicate value",
                        "[{name: a, value: x}, {name: b, value: y}]"),
                pool(
                        "a window begins before it ends",
                        "/spec/compliance/callingWindow",
                        "{from: \"21:00\", to: \"09:00\", timeZone: Asia/Kolkata}",
                        "from must be earlier than to",
                        "{from: \"09:00\", to: \"09:01\", timeZone: UTC}"),
                pool(
                        "a window's times are times",
                        "/spec/compliance/callingWindow/to",
                        "\"24:00\"",
                        "spec.compliance.callingWindow.to",
                        "\"23:59\""),
                pool(
                        "a trunk class that exists",
                        "/spec/compliance/trunkClass",
                        "SIP",
                        "supported values: \"Internet\", \"PSTN\"",
                        "Internet"),
                outbound("a pool is named", "/spec/poolRef", "", "spec.poolRef: Required value", "{name: other}"),
                outbound(
                        "outbound needs notAfter",
                        "/spec/notAfter",
                        "",
                        "spec.notAfter is required for direction Outbound",
                        "2030-01-01T00:00:00+05:30"),
                outbound("notAfter is a time", "/spec/notAfter", "tomorrow", "spec.notAfter", "2030-01-01T00:00:00Z"),
                outbound(
                        "outbound needs to",
                        "/spec/to",
                        "",
                        "spec.to is required for direction Outbound",
                        "\"+14155550100\""),
                outbound("to is E.164", "/spec/to", "\"98123 45678\"", "spec.to", "\"+14155550100\""),
                outbound(
                        "outbound needs from",
                        "/spec/from",
                        "",
                        "spec.from is required for direction Outbound",
                        "\"+14155550100\""),
                outbound(
                        "outbound needs purpose",
                        "/spec/purpose",
                        "",
                        "spec.purpose is required for direction Outbound",
                        "Recovery"),
                outbound(
                        "outbound has no callId",
                        "/spec/callId",
                        "CA1",
                        "spec.callId is for direction Inbound only",
                        "\"\""),
                outbound(
                        "ttlAfterEnd at most 168h",
                        "/spec/ttlAfterEnd",
                        "169h",
                        "spec.ttlAfterEnd must be at most 168h",
                        "0s"),
                outbound(
                        "variables by name",
                        "/spec/variables",
                        "[{name: a, value: x}, {name: a, value: y}]",
                        "Duplicate value",
                        "[{name: a, value: x}]"),
                inbound(
                        "inbound holds no number",
                        "/spec/from",
                        "\"+919812345678\"",
                        "an inbound session holds no number",
                        ""),
                inbound(
                        "inbound needs callId",
                        "/spec/callId",
                        "",
                        "spec.carrier and spec.callId are required for direction Inbound",
                        "CA2"));
    }

    @ParameterizedTest
    @MethodSource("rules")
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
        assertThat(typed.getSpec().agent().tools().getFirst().secretRef().key()).isEqualTo("token");
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

    @Test
    void durationsMeanTheSameToTheApiServerAndToUs() {
        assertThatCode(() -> tryCreate(Sample.with(Sample.POOL, "/spec/call/maxDuration", "23h59m59s1000ms")))
                .doesNotThrowAnyException();
        assertThat(DurationText.parse("23h59m59s1000ms")).isEqualTo(Duration.ofHours(24));
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
