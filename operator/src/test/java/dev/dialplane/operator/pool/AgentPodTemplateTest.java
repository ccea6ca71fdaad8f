package dev.dialplane.operator.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dialplane.operator.TestPools;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whoever may write pools gets no more than that: nothing in a pod is a tenant's but what is listed here. */
class AgentPodTemplateTest {

    private static final String EVERYTHING = """
            {image: "registry.example/agent:1", imagePullSecrets: [{name: pull}], resources: {cpu: 1, memory: 1Gi},
             nodeSelector: {disk: fast}, tolerations: [{key: gpu, operator: Exists}], priorityClassName: calls,
             topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}],
             hostNetwork: true, hostPID: true, serviceAccountName: admin, volumes: [{name: x, hostPath: {path: /}}],
             securityContext: {privileged: true}, command: [sh], env: [{name: A, value: b}], nodeName: master,
             runtimeClassName: other, initContainers: [{name: i}], schedulerName: mine, hostAliases: [{ip: 10.0.0.1}]}
            """;

    private static final AgentPodTemplate.Installation PLAIN =
            new AgentPodTemplate.Installation("inference:7080", "registry.example/agent-runtime:1", "dialplane", false);

    private static JsonNode json(Pod pod) {
        try {
            return new ObjectMapper().readTree(Serialization.asJson(pod));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Set<String> fields(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void aPoolThatNamesNoImageHasTheInstallations() {
        assertThat(image("{}")).isEqualTo("registry.example/agent-runtime:1");
        assertThat(image("{image: registry.example/mine}")).isEqualTo("registry.example/mine");
    }

    @Test
    void aPoolThatNamesNoPriorityClassHasTheInstallations() {
        assertThat(priority("{}")).isEqualTo("dialplane");
        assertThat(priority("{priorityClassName: urgent}")).isEqualTo("urgent");
    }

    private static String priority(String runtime) {
        return AgentPodTemplate.of(TestPools.of("/spec/runtime", runtime), PLAIN)
                .spec()
                .getPriorityClassName();
    }

    /** As a service mesh injects them. */
    @Test
    void aPodLikeAnotherHasNothingOfWhatOthersPutIntoThatOne() {
        AgentPodTemplate template = AgentPodTemplate.of(TestPools.of("/spec/runtime", "{}"), PLAIN);
        Pod seen = new PodBuilder(template.pod("a"))
                .editSpec()
                .addNewInitContainer()
                .withName("mesh-init")
                .endInitContainer()
                .addNewContainer()
                .withName("mesh-proxy")
                .endContainer()
                .addNewVolume()
                .withName("mesh-certs")
                .endVolume()
                .editFirstContainer()
                .addNewVolumeMount()
                .withName("mesh-certs")
                .withMountPath("/certs")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .build();

        assertThat(template.podLike(seen, "b").getSpec())
                .isEqualTo(template.pod("b").getSpec());
    }

    private static String image(String runtime) {
        return AgentPodTemplate.of(TestPools.of("/spec/runtime", runtime), PLAIN)
                .spec()
                .getContainers()
                .getFirst()
                .getImage();
    }

    @Test
    void aPodHasNoFieldButTheseWhateverItsPoolSays() {
        JsonNode spec = json(AgentPodTemplate.of(TestPools.of("/spec/runtime", EVERYTHING), PLAIN)
                        .pod("x"))
                .path("spec");
        assertThat(fields(spec))
                .containsExactlyInAnyOrder(
                        "automountServiceAccountToken",
                        "containers",
                        "enableServiceLinks",
                        "imagePullSecrets",
                        "nodeSelector",
                        "priorityClassName",
                        "restartPolicy",
                        "securityContext",
                        "terminationGracePeriodSeconds",
                        "tolerations",
                        "topologySpreadConstraints",
                        "volumes");
        assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(spec.path("volumes"))
                .singleElement()
                .satisfies(volume -> assertThat(fields(volume)).containsExactlyInAnyOrder("name", "emptyDir"));
        assertThat(spec.path("containers"))
                .singleElement()
                .satisfies(container -> assertThat(fields(container))
                        .containsExactlyInAnyOrder(
                                "env",
                                "image",
                                "imagePullPolicy",
                                "name",
                                "ports",
                                "readinessProbe",
                                "resources",
                                "securityContext",
                                "volumeMounts"));
    }

    @Test
    void aPodMeetsTheRestrictedStandardWhateverItsPoolSays() {
        JsonNode spec = json(AgentPodTemplate.of(TestPools.of("/spec/runtime", EVERYTHING), PLAIN)
                        .pod("x"))
                .path("spec");
        JsonNode pod = spec.path("securityContext");
        assertThat(pod.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.path("runAsUser").asInt()).isPositive();
        assertThat(pod.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        JsonNode container = spec.at("/containers/0/securityContext");
        assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(fields(container.path("capabilities"))).containsExactly("drop");
        assertThat(spec.at("/containers/0/ports/0/hostPort").isMissingNode()).isTrue();
    }
}
