package dev.dialplane.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressTLS;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {
    static final Path CHART = Path.of("dialplane");
    private static final Path MANIFEST = Path.of("../manifests/install.yaml");
    private static final String CERTIFICATES = "dialplane-operator-certificates";
    private static final String OLDEST = "1.32.0";

    @Test
    void helmFindsNothingToComplainOf() {
        LintResult result = new Helm(CHART).lint().strict().call();

        assertThat(result.isFailed())
                .as(String.join("\n", result.getMessages()))
                .isFalse();
    }

    /** For who has no Helm: {@code manifests/install.yaml}, and the Kustomize base beside it. */
    @Test
    void theManifestIsWhatTheChartSays() throws IOException {
        String rendered = new Helm(CHART)
                .template()
                .withKubeVersion(OLDEST)
                .skipCrds()
                .withName("dialplane")
                .withNamespace("dialplane-system")
                .set("callTokens.secret", "dialplane-call-tokens")
                .set("tls.authority", "dialplane-authority")
                .call();
        String expected = """
                # Rendered from the chart in helm/dialplane; do not edit.
                # To render it anew: ./mvnw -q test -pl helm -am -Dtest=ChartTest -Ddialplane.manifests.write=true
                """ + rendered.strip() + "\n";
        if (Boolean.getBoolean("dialplane.manifests.write")) {
            Files.writeString(MANIFEST, expected);
        }

        assertThat(MANIFEST).as("its header says how to render it anew").hasContent(expected);
    }

    @Test
    void theOperatorMayDoWhatTheManifestSaysAndNothingElse() throws IOException {
        List<HasMetadata> manifest = read(Files.readString(Path.of("../manifests/operator/rbac.yaml")));
        List<HasMetadata> chart = render(Map.of());

        assertThat(all(chart, ClusterRole.class))
                .extracting(role -> role.getMetadata().getName())
                .containsExactlyInAnyOrder("dialplane-operator", "dialplane-operator-cluster", CERTIFICATES);
        assertThat(all(chart, ClusterRole.class).stream()
                        .filter(role -> role.getMetadata().getName().equals(CERTIFICATES))
                        .flatMap(role -> role.getRules().stream())
                        .flatMap(rule -> rule.getVerbs().stream()))
                .as("on Secrets; none of get, list and watch")
                .containsExactlyInAnyOrder("create", "patch");
        assertThat(all(render(Map.of("tls.enabled", false)), ClusterRole.class))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(all(manifest, ClusterRole.class));
        assertThat(only(chart, Role.class).getRules())
                .isEqualTo(only(manifest, Role.class).getRules());
    }

    @Test
    void onlyTheOperatorHasAnApiToken() {
        assertThat(podSpecs(render(Map.of())))
                .hasSize(3)
                .allSatisfy((name, spec) -> assertThat(!Boolean.FALSE.equals(spec.getAutomountServiceAccountToken()))
                        .as(name)
                        .isEqualTo(name.equals("dialplane-operator")));
    }

    @Test
    void everythingNamespacedIsInTheReleasesNamespace() {
        assertThat(new Helm(CHART)
                        .template()
                        .withKubeVersion(OLDEST)
                        .skipCrds()
                        .set("callTokens.secret", "keys")
                        .set("tls.authority", "authority")
                        .withNamespace("elsewhere")
                        .call())
                .doesNotContain("dialplane-system");
    }

    @Test
    void whatIsTurnedOffIsNotThere() {
        List<String> kinds = render(Map.of("networkPolicies", false, "flowControl", false)).stream()
                .map(HasMetadata::getKind)
                .toList();

        assertThat(kinds).doesNotContain("NetworkPolicy", "FlowSchema", "PriorityLevelConfiguration");
        assertThat(render(Map.of()).stream().map(HasMetadata::getKind))
                .contains("NetworkPolicy", "FlowSchema", "PriorityLevelConfiguration");
    }

    @Test
    void theSystemAndAgentsAreNotPushedOffTheirNodesByWhatCanWait() {
        List<HasMetadata> usual = render(Map.of());
        List<HasMetadata> without = render(Map.of("priorityClass.name", ""));

        assertThat(only(usual, PriorityClass.class).getMetadata().getName()).isEqualTo("dialplane");
        assertThat(podSpecs(usual).values()).allMatch(spec -> "dialplane".equals(spec.getPriorityClassName()));
        assertThat(environment(podSpecs(usual).get("dialplane-operator")))
                .containsEntry("DIALPLANE_OPERATOR_AGENT_PRIORITY_CLASS", "dialplane");
        assertThat(all(without, PriorityClass.class)).isEmpty();
        assertThat(podSpecs(without).values()).allMatch(spec -> spec.getPriorityClassName() == null);
        assertThatThrownBy(() -> render(Map.of("priorityClass.name", "system-node-critical")))
                .hasMessageContaining("priorityClass");
    }

    @Test
    void poolsThatNameNoImageHaveTheOneOfThisRelease() {
        Map<String, PodSpec> pods =
                podSpecs(render(Map.of("image.registry", "registry.example/calls", "image.tag", "1.2.3")));

        assertThat(environment(pods.get("dialplane-operator")))
                .containsEntry("DIALPLANE_OPERATOR_AGENT_IMAGE", "registry.example/calls/agent-runtime:1.2.3");
    }

    @Test
    void encryptionIsOnUnlessSomebodyTurnsItOff() {
        Map<String, String> directories = Map.of(
                "dialplane-operator", "DIALPLANE_OPERATOR_TLS_AUTHORITY_DIRECTORY",
                "dialplane-gateway", "DIALPLANE_GATEWAY_TLS_DIRECTORY",
                "dialplane-inference", "DIALPLANE_INFERENCE_TLS_DIRECTORY");

        Map<String, PodSpec> on = podSpecs(render(Map.of()));
        Map<String, PodSpec> off = podSpecs(render(Map.of("tls.enabled", false)));

        directories.forEach((pod, variable) -> {
            String directory = environment(on.get(pod)).get(variable);
            assertThat(on.get(pod).getContainers().getFirst().getVolumeMounts())
                    .as(pod)
                    .anyMatch(mount -> mount.getMountPath().equals(directory));
            assertThat(environment(off.get(pod))).as(pod).doesNotContainKey(variable);
        });
        assertThat(render(Map.of("tls.enabled", false)).stream().map(HasMetadata::getKind))
                .doesNotContain("Secret", "ValidatingAdmissionPolicy");
    }

    @Test
    void moreSettingsAreEnvironmentVariables() {
        Map<String, PodSpec> pods = podSpecs(render(Map.of(
                "operator.env.DIALPLANE_OPERATOR_EVICTABLE_AFTER", "20s",
                "gateway.env.DIALPLANE_GATEWAY_CAPACITY", 100,
                "inference.env.QUARKUS_LOG_LEVEL", "DEBUG")));

        assertThat(environment(pods.get("dialplane-operator")))
                .containsEntry("DIALPLANE_OPERATOR_EVICTABLE_AFTER", "20s");
        assertThat(environment(pods.get("dialplane-gateway"))).containsEntry("DIALPLANE_GATEWAY_CAPACITY", "100");
        assertThat(environment(pods.get("dialplane-inference"))).containsEntry("QUARKUS_LOG_LEVEL", "DEBUG");
        assertThatThrownBy(() -> render(Map.of("operator.env.lower-case", "x"))).hasMessageContaining("lower-case");
    }

    @Test
    void whatIsSetReachesTheProcessThatReadsIt() {
        Map<String, PodSpec> pods = podSpecs(render(Map.of(
                "gateway.publicUrl", "https://calls.example.com",
                "gateway.twilioAuthTokens", "twilio",
                "gateway.recordsUrl", "https://records.example.com",
                "operator.allowedImages[0]", "example.com/*",
                "image.pullSecrets[0]", "registry",
                "image.tag", "1.2.3",
                "inference.image", "inference-local")));

        assertThat(environment(pods.get("dialplane-gateway")))
                .containsEntry("DIALPLANE_GATEWAY_TWILIO_PUBLIC_URL", "https://calls.example.com")
                .containsEntry("DIALPLANE_GATEWAY_TWILIO_AUTH_TOKENS", "/etc/dialplane/twilio")
                .containsEntry("DIALPLANE_GATEWAY_RECORDS_URL", "https://records.example.com");
        assertThat(environment(pods.get("dialplane-operator")))
                .containsEntry("DIALPLANE_OPERATOR_ALLOWED_IMAGES", "example.com/*");
        assertThat(pods.get("dialplane-inference").getContainers().getFirst().getImage())
                .isEqualTo("docker.io/dialplane/inference-local:1.2.3");
        assertThat(pods.values())
                .allSatisfy(
                        spec -> assertThat(spec.getImagePullSecrets().getFirst().getName())
                                .isEqualTo("registry"));
    }

    @Test
    void thePhoneInTheBrowserIsOffAndOnlyOnThePodsLoopbackAddress() {
        String listener = "DIALPLANE_GATEWAY_DEV_LISTENER";
        assertThat(environment(podSpecs(render(Map.of())).get("dialplane-gateway")))
                .doesNotContainKey(listener);

        PodSpec with = podSpecs(render(Map.of("gateway.phone", true))).get("dialplane-gateway");

        assertThat(environment(with)).containsEntry(listener, "127.0.0.1:8090");
        assertThat(with.getContainers().getFirst().getPorts()).noneMatch(port -> port.getContainerPort() == 8090);
    }

    @Test
    void recordingsGoWhereTheValuesSayAndTheirKeyIsTheGatewaysAlone() {
        PodSpec without = podSpecs(render(Map.of())).get("dialplane-gateway");
        assertThat(environment(without).keySet()).noneMatch(name -> name.contains("RECORDINGS"));
        Map<String, Object> values = new java.util.HashMap<>(Map.of(
                "gateway.recordings.claim", "calls",
                "gateway.recordings.region", "in-west",
                "gateway.recordings.bucket.name", "calls",
                "gateway.recordings.bucket.endpoint", "https://minio:9000",
                "gateway.recordings.bucket.prefix", "calls/"));
        assertThatThrownBy(() -> render(values)).hasMessageContaining("gateway.recordings.bucket.secret must be set");
        values.put("gateway.recordings.bucket.secret", "bucket-key");

        Map<String, PodSpec> pods = podSpecs(render(values));

        PodSpec gateway = pods.get("dialplane-gateway");
        assertThat(environment(gateway))
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_DIRECTORY", "/var/lib/dialplane-recordings")
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_REGION", "in-west")
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_BUCKET_NAME", "calls")
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_BUCKET_REGION", "us-east-1")
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_BUCKET_ENDPOINT", "https://minio:9000")
                .containsEntry("DIALPLANE_GATEWAY_RECORDINGS_BUCKET_PREFIX", "calls/")
                .containsEntry(
                        "DIALPLANE_GATEWAY_RECORDINGS_BUCKET_CREDENTIALS_DIRECTORY", "/etc/dialplane/recordings");
        assertThat(gateway.getVolumes())
                .anySatisfy(volume -> assertThat(volume.getPersistentVolumeClaim())
                        .isNotNull()
                        .satisfies(claim -> assertThat(claim.getClaimName()).isEqualTo("calls")));
        pods.forEach((name, pod) -> assertThat(pod.getVolumes().stream()
                        .anyMatch(volume -> volume.getSecret() != null
                                && "bucket-key".equals(volume.getSecret().getSecretName())))
                .as(name)
                .isEqualTo(name.equals("dialplane-gateway")));
    }

    @Test
    void carriersReachWebhooksAndMediaAndNothingElse() {
        Map<String, Object> values = new java.util.HashMap<>(Map.of(
                "gateway.ingress.enabled", true,
                "gateway.ingress.className", "nginx",
                "gateway.ingress.tlsSecret", "calls-tls",
                "gateway.httpRoute.enabled", true,
                "gateway.httpRoute.parentRefs[0].name", "public"));
        assertThatThrownBy(() -> render(values)).hasMessageContaining("gateway.publicUrl must be set");
        values.put("gateway.publicUrl", "https://calls.example.com");

        List<HasMetadata> chart = render(values);

        Ingress ingress = only(chart, Ingress.class);
        assertThat(ingress.getSpec().getRules()).singleElement().satisfies(rule -> {
            assertThat(rule.getHost()).isEqualTo("calls.example.com");
            assertThat(rule.getHttp().getPaths())
                    .singleElement()
                    .satisfies(path -> assertThat(path.getPath()).isEqualTo("/twilio"));
        });
        assertThat(ingress.getSpec().getTls())
                .singleElement()
                .extracting(IngressTLS::getSecretName)
                .isEqualTo("calls-tls");
        assertThat(only(chart, HTTPRoute.class).getSpec().getHostnames()).containsExactly("calls.example.com");
        assertThat(render(Map.of()).stream().map(HasMetadata::getKind)).doesNotContain("Ingress", "HTTPRoute");
    }

    @Test
    void theKeyOfAModelIsInferencesAlone() {
        Map<String, Object> values = new java.util.HashMap<>(
                Map.of("inference.openai.url", "http://vllm:8000/v1", "inference.openai.keySecret", "model-key"));
        assertThatThrownBy(() -> render(values)).hasMessageContaining("inference.openai.models");
        values.put("inference.openai.models[0]", "a");
        values.put("inference.openai.models[1]", "b");

        Map<String, PodSpec> pods = podSpecs(render(values));

        assertThat(environment(pods.get("dialplane-inference")))
                .containsEntry("DIALPLANE_INFERENCE_OPENAI_URL", "http://vllm:8000/v1")
                .containsEntry("DIALPLANE_INFERENCE_OPENAI_MODELS", "a,b")
                .containsEntry("DIALPLANE_INFERENCE_OPENAI_KEY_FILE", "/etc/dialplane/openai/key");
        pods.forEach((name, pod) -> assertThat(pod.getVolumes().stream()
                        .anyMatch(volume -> volume.getSecret() != null
                                && "model-key".equals(volume.getSecret().getSecretName())))
                .as(name)
                .isEqualTo(name.equals("dialplane-inference")));
    }

    @Test
    void toolsCredentialsAreInferencesAlone() {
        Map<String, PodSpec> pods = podSpecs(render(Map.of(
                "inference.tools.secret", "tools",
                "inference.tools.privateHosts[0]", "crm.shop.svc",
                "inference.tools.privateHosts[1]", ".tools.svc")));

        assertThat(environment(pods.get("dialplane-inference")))
                .containsEntry("DIALPLANE_INFERENCE_TOOLS_PRIVATE_HOSTS", "crm.shop.svc,.tools.svc")
                .containsEntry("DIALPLANE_INFERENCE_TOOLS_SECRETS_DIRECTORY", "/etc/dialplane/tools");
        pods.forEach((name, pod) -> assertThat(pod.getVolumes().stream()
                        .anyMatch(volume -> volume.getSecret() != null
                                && "tools".equals(volume.getSecret().getSecretName())))
                .as(name)
                .isEqualTo(name.equals("dialplane-inference")));
    }

    @Test
    void eachPartIsWatchedAtAPortThatItHas() {
        List<GenericKubernetesResource> monitors =
                all(render(Map.of("podMonitors", true)), GenericKubernetesResource.class);

        Map<String, PodSpec> pods = podSpecs(render(Map.of()));
        assertThat(monitors).hasSize(3).allSatisfy(monitor -> {
            List<Map<String, String>> endpoints = monitor.get("spec", "podMetricsEndpoints");
            assertThat(pods.get(monitor.getMetadata().getName())
                            .getContainers()
                            .getFirst()
                            .getPorts())
                    .extracting(ContainerPort::getName)
                    .contains(endpoints.getFirst().get("port"));
        });
        assertThat(render(Map.of()).stream().map(HasMetadata::getKind)).doesNotContain("PodMonitor");
    }

    @Test
    void theFirstDaysValuesAreTakenAndItsMetricsExist(@TempDir Path directory) throws IOException {
        List<String> values = FirstDay.blocks().stream()
                .filter(block -> !block.startsWith("apiVersion:"))
                .toList();
        Path file = directory.resolve("values.yaml");
        for (String block : values) {
            Files.writeString(file, block);
            assertThat(read(new Helm(CHART)
                            .template()
                            .withKubeVersion(OLDEST)
                            .skipCrds()
                            .set("callTokens.secret", "keys")
                            .set("tls.authority", "authority")
                            .withValuesFile(file)
                            .call()))
                    .isNotEmpty();
        }
        assertThat(values).hasSize(3);

        StringBuilder sources = new StringBuilder();
        for (String module : List.of("operator", "gateway", "inference")) {
            try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path source : files.filter(Files::isRegularFile).toList()) {
                    sources.append(Files.readString(source));
                }
            }
        }
        assertThat(FirstDay.metrics())
                .isNotEmpty()
                .allSatisfy(metric -> assertThat(sources)
                        .contains(metric.replaceAll("_(seconds_count|seconds|total)$", "")
                                .replaceFirst("^dialplane_gateway_", "")
                                .replace('_', '.')));
    }

    @Test
    void aValueThatIsNotAllowedIsNamed() {
        assertThatThrownBy(() -> render(Map.of("gateway.replicas", 0)))
                .hasMessageContaining("replicas")
                .hasMessageContaining("1");
        assertThatThrownBy(() -> render(Map.of("gateway.replica", 2))).hasMessageContaining("replica");
    }

    static List<HasMetadata> render(Map<String, Object> values) {
        var template = new Helm(CHART)
                .template()
                .withKubeVersion(OLDEST)
                .skipCrds()
                .set("callTokens.secret", "keys")
                .set("tls.authority", "authority")
                .withName("dialplane")
                .withNamespace("dialplane-system");
        values.forEach(template::set);
        return read(template.call());
    }

    static Map<String, PodSpec> podSpecs(List<HasMetadata> resources) {
        Map<String, PodSpec> specs = new java.util.HashMap<>();
        for (HasMetadata resource : resources) {
            switch (resource) {
                case Deployment deployment ->
                    specs.put(
                            deployment.getMetadata().getName(),
                            deployment.getSpec().getTemplate().getSpec());
                case StatefulSet set -> specs.put(set.getMetadata().getName(), withClaims(set));
                default -> {}
            }
        }
        return specs;
    }

    /** A pod of the set, with its claims as volumes, as the controller makes it. */
    private static PodSpec withClaims(StatefulSet set) {
        PodSpecBuilder spec = new PodSpecBuilder(set.getSpec().getTemplate().getSpec());
        for (PersistentVolumeClaim claim : set.getSpec().getVolumeClaimTemplates()) {
            spec.addNewVolume()
                    .withName(claim.getMetadata().getName())
                    .withNewPersistentVolumeClaim(claim.getMetadata().getName() + "-0", false)
                    .endVolume();
        }
        return spec.build();
    }

    private static Map<String, String> environment(PodSpec spec) {
        Map<String, String> environment = new java.util.HashMap<>();
        spec.getContainers().getFirst().getEnv().forEach(variable -> {
            if (variable.getValue() != null) {
                environment.put(variable.getName(), variable.getValue());
            }
        });
        return environment;
    }

    private static <T extends HasMetadata> List<T> all(List<HasMetadata> resources, Class<T> type) {
        return resources.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static <T extends HasMetadata> T only(List<HasMetadata> resources, Class<T> type) {
        List<T> found = all(resources, type);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @SuppressWarnings("unchecked")
    private static List<HasMetadata> read(String yaml) {
        Object read = Serialization.unmarshal(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
        return read instanceof Collection<?> many
                ? List.copyOf((Collection<HasMetadata>) many)
                : List.of((HasMetadata) read);
    }
}
