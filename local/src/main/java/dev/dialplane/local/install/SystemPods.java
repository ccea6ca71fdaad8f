package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The pods of the system: operator, gateway and inference, each at an address of its own, with what its configuration
 * needs. In a real cluster they are Deployments behind Services; here the address takes the Service's place.
 *
 * @param operatorAddress where the operator listens
 * @param gatewayAddress where the gateway listens
 * @param inferenceAddress where inference listens
 * @param records where the gateway sends its CloudEvents
 * @param environment variables added, by pod name
 */
record SystemPods(
        String operatorAddress,
        String gatewayAddress,
        String inferenceAddress,
        Optional<URI> records,
        Map<String, Map<String, String>> environment) {
    static final String NAMESPACE = "dialplane-system";
    static final String OPERATOR = "operator";
    static final String GATEWAY = "gateway";
    static final String INFERENCE = "inference";
    /** The secret whose {@code key} signs call tokens: the gateway mints them, inference verifies them. */
    static final String TOKEN_KEY = "dialplane-call-tokens";

    /** Where the gateway takes calls that nobody signed. */
    static final int DEVELOPMENT_PORT = 8090;

    /** Where the gateway answers carriers, probes and people. */
    static final int GATEWAY_PORT = 8080;

    private static final int OPERATOR_PORT = 7090;
    private static final int INFERENCE_PORT = 7080;
    private static final String KEYS = "/etc/dialplane/call-tokens";
    private static final String IDENTITY = "/var/run/secrets/dialplane";
    private static final String STATE = "/var/lib/dialplane";

    Pod operator() {
        return pod(
                OPERATOR,
                "dialplane-operator",
                true,
                operatorAddress,
                8082,
                List.of(
                        variable("QUARKUS_GRPC_SERVER_HOST", operatorAddress),
                        variable("QUARKUS_GRPC_SERVER_PORT", Integer.toString(OPERATOR_PORT)),
                        variable("DIALPLANE_OPERATOR_INFERENCE", inferenceAddress + ":" + INFERENCE_PORT)),
                List.of(),
                List.of());
    }

    Pod inference() {
        return pod(
                INFERENCE,
                "dialplane-inference",
                false,
                inferenceAddress,
                8081,
                List.of(
                        variable("QUARKUS_GRPC_SERVER_HOST", inferenceAddress),
                        variable("QUARKUS_GRPC_SERVER_PORT", Integer.toString(INFERENCE_PORT)),
                        variable("DIALPLANE_INFERENCE_TOKEN_KEY_FILE", KEYS + "/key")),
                List.of(keys()),
                List.of(mount("call-tokens", KEYS)));
    }

    Pod gateway() {
        Volume identity = new VolumeBuilder()
                .withName("identity")
                .withNewProjected()
                .addNewSource()
                .withNewServiceAccountToken("dialplane-operator", 3600L, "token")
                .endSource()
                .endProjected()
                .build();
        Volume state = new VolumeBuilder()
                .withName("state")
                .withNewEmptyDir()
                .endEmptyDir()
                .build();
        List<EnvVar> variables = new ArrayList<>(List.of(
                field("DIALPLANE_GATEWAY_ID", "metadata.uid"),
                field("DIALPLANE_GATEWAY_NAME", "metadata.name"),
                variable("DIALPLANE_GATEWAY_OPERATOR", operatorAddress + ":" + OPERATOR_PORT),
                variable("DIALPLANE_GATEWAY_TOKEN_FILE", IDENTITY + "/token"),
                variable("DIALPLANE_GATEWAY_TOKEN_KEY_FILE", KEYS + "/key"),
                variable("DIALPLANE_GATEWAY_DATA_DIR", STATE),
                variable("DIALPLANE_GATEWAY_DEV_LISTENER", gatewayAddress + ":" + DEVELOPMENT_PORT)));
        records.ifPresent(uri -> variables.add(variable("DIALPLANE_GATEWAY_RECORDS_URL", uri.toString())));
        return pod(
                GATEWAY,
                "dialplane-gateway",
                false,
                gatewayAddress,
                GATEWAY_PORT,
                variables,
                List.of(identity, keys(), state),
                List.of(mount("identity", IDENTITY), mount("call-tokens", KEYS), mount("state", STATE)));
    }

    private Pod pod(
            String name,
            String serviceAccount,
            boolean apiToken,
            String address,
            int httpPort,
            List<EnvVar> variables,
            List<Volume> volumes,
            List<VolumeMount> mounts) {
        List<EnvVar> all = new ArrayList<>(List.of(
                field("DIALPLANE_POD_NAME", "metadata.name"),
                field("DIALPLANE_POD_NAMESPACE", "metadata.namespace"),
                field("DIALPLANE_POD_UID", "metadata.uid"),
                field("DIALPLANE_POD_IP", "status.podIP"),
                variable("QUARKUS_HTTP_HOST", address),
                variable("QUARKUS_HTTP_PORT", Integer.toString(httpPort))));
        all.addAll(variables);
        environment.getOrDefault(name, Map.of()).forEach((key, value) -> all.add(variable(key, value)));
        Container container = new ContainerBuilder()
                .withName(name)
                .withImage("dialplane/" + name)
                .withEnv(all)
                .withVolumeMounts(mounts)
                .withReadinessProbe(ready(httpPort))
                .build();
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .withLabels(Map.of("app.kubernetes.io/name", "dialplane", "app.kubernetes.io/component", name))
                .withAnnotations(Map.of("dialplane.dev/local-address", address))
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(serviceAccount)
                .withAutomountServiceAccountToken(apiToken)
                .withRestartPolicy("Always")
                .withTerminationGracePeriodSeconds(10L)
                .withContainers(container)
                .withVolumes(volumes)
                .endSpec()
                .build();
    }

    private static Probe ready(int port) {
        return new ProbeBuilder()
                .withNewHttpGet()
                .withPath("/q/health/ready")
                .withPort(new IntOrString(port))
                .endHttpGet()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(2)
                .build();
    }

    private static Volume keys() {
        return new VolumeBuilder()
                .withName("call-tokens")
                .withNewSecret()
                .withSecretName(TOKEN_KEY)
                .endSecret()
                .build();
    }

    private static VolumeMount mount(String volume, String path) {
        return new VolumeMountBuilder()
                .withName(volume)
                .withMountPath(path)
                .withReadOnly(!volume.equals("state"))
                .build();
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef("v1", path)
                .endValueFrom()
                .build();
    }
}
