package dev.dialplane.operator.pool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.AgentRuntime;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.tls.Certificates;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pods of one pool: what they are made of, and the revision that names it.
 *
 * @param pool whose agents they hold
 * @param spec what every one of them is
 * @param revision a name for {@code spec}; another spec has another
 */
public record AgentPodTemplate(VoiceAgentPool pool, PodSpec spec, String revision) {

    /** Where an agent serves the Agent contract, and its health as long as nothing is encrypted. */
    public static final int PORT = 7070;

    /** Where probes ask, which have no certificate. */
    static final int HEALTH_PORT = 7071;

    private static final String TLS_DIRECTORY = "/etc/dialplane/tls";

    /** The container's name. */
    static final String CONTAINER = "agent";

    private static final String TMP = "tmp";
    private static final String TLS = "tls";
    private static final Set<String> VOLUMES = Set.of(TMP, TLS);

    private static final JsonMapper CANONICAL = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    /**
     * What all agents of an installation have in common.
     *
     * @param inference where they find inference, host:port
     * @param image what they are made of where their pool names no image
     * @param priorityClass which PriorityClass they have where their pool names none; empty for the cluster's default
     * @param tls whether they have certificates
     */
    public record Installation(String inference, String image, String priorityClass, boolean tls) {}

    /** Makes the template. */
    public static AgentPodTemplate of(VoiceAgentPool pool, Installation installation) {
        PodSpec spec = spec(pool, installation);
        if (installation.tls()) {
            spec = certified(spec, Certificates.secretOf(pool.getMetadata().getName()));
        }
        return new AgentPodTemplate(pool, spec, revision(spec));
    }

    /**
     * Returns a pod.
     *
     * @param suffix makes its name unique: the API server does it for controllers' pods by {@code generateName}, but
     *     then a create whose answer is lost could not be told from one that never happened
     */
    public Pod pod(String suffix) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(pool.getMetadata().getNamespace())
                .withName(pool.getMetadata().getName() + "-" + suffix)
                .withLabels(Map.of(Labels.POOL, pool.getMetadata().getName(), Labels.REVISION, revision))
                .withAnnotations(Map.of(
                        "cluster-autoscaler.kubernetes.io/safe-to-evict", "false",
                        "karpenter.sh/do-not-disrupt", "true"))
                .withOwnerReferences(Owned.reference(pool))
                .endMetadata()
                .withSpec(new PodSpecBuilder(spec)
                        .editFirstContainer()
                        .addToEnv(variable("DIALPLANE_REVISION", revision))
                        .endContainer()
                        .build())
                .build();
    }

    /**
     * Returns a pod made like one that there is, of an older revision than this.
     *
     * @param seen the pod, as the API server gives it
     */
    Pod podLike(Pod seen, String suffix) {
        return new PodBuilder(pod(suffix))
                .editMetadata()
                .addToLabels(Labels.REVISION, seen.getMetadata().getLabels().getOrDefault(Labels.REVISION, ""))
                .endMetadata()
                .withSpec(asAskedFor(seen.getSpec()))
                .build();
    }

    /** A pod's spec without what was decided about that one pod, and what others have put into it: they will do so again. */
    private static PodSpec asAskedFor(PodSpec seen) {
        List<Container> agent = seen.getContainers().stream()
                .filter(container -> container.getName().equals(CONTAINER))
                .map(container -> new ContainerBuilder(container)
                        .withVolumeMounts(container.getVolumeMounts().stream()
                                .filter(mount -> VOLUMES.contains(mount.getName()))
                                .toList())
                        .build())
                .toList();
        return new PodSpecBuilder(seen)
                .withNodeName(null)
                .withPriority(null)
                .withPreemptionPolicy(null)
                .withInitContainers(List.of())
                .withContainers(agent)
                .withVolumes(seen.getVolumes().stream()
                        .filter(volume -> VOLUMES.contains(volume.getName()))
                        .toList())
                .build();
    }

    private static PodSpec spec(VoiceAgentPool pool, Installation installation) {
        AgentRuntime runtime = pool.getSpec().runtime();
        String priority =
                runtime.priorityClassName().isEmpty() ? installation.priorityClass() : runtime.priorityClassName();
        String image = runtime.image().equals(AgentRuntime.IMAGE) ? installation.image() : runtime.image();
        Quantity memory = runtime.resources().memory();
        return new PodSpecBuilder()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(
                        DurationText.parse(pool.getSpec().call().maxDuration()).toSeconds())
                .withPriorityClassName(priority.isEmpty() ? null : priority)
                .withImagePullSecrets(runtime.imagePullSecrets().stream()
                        .map(secret -> new LocalObjectReference(secret.name()))
                        .toList())
                .withNodeSelector(runtime.nodeSelector().isEmpty() ? null : runtime.nodeSelector())
                .withTolerations(tolerations(runtime))
                .withTopologySpreadConstraints(
                        spread(runtime, pool.getMetadata().getName()))
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withRunAsGroup(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName(CONTAINER)
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withEnv(environment(pool, installation.inference()))
                .addNewPort()
                .withName("agent")
                .withContainerPort(PORT)
                .endPort()
                .withNewResources()
                .withRequests(Map.of("cpu", runtime.resources().cpu(), "memory", memory))
                .withLimits(Map.of("memory", memory))
                .endResources()
                .withNewReadinessProbe()
                .withNewGrpc()
                .withPort(installation.tls() ? HEALTH_PORT : PORT)
                .withService("")
                .endGrpc()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(1)
                .withFailureThreshold(5)
                .endReadinessProbe()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .addNewVolumeMount()
                .withName(TMP)
                .withMountPath("/tmp")
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName(TMP)
                .withNewEmptyDir()
                .withSizeLimit(new Quantity("64Mi"))
                .endEmptyDir()
                .endVolume()
                .build();
    }

    private static PodSpec certified(PodSpec spec, String secret) {
        return new PodSpecBuilder(spec)
                .editSecurityContext()
                .withFsGroup(65532L)
                .endSecurityContext()
                .editFirstContainer()
                .addToEnv(variable("DIALPLANE_TLS_DIRECTORY", TLS_DIRECTORY))
                .addNewVolumeMount()
                .withName(TLS)
                .withMountPath(TLS_DIRECTORY)
                .withReadOnly(true)
                .endVolumeMount()
                .endContainer()
                .addNewVolume()
                .withName(TLS)
                .withNewSecret()
                .withSecretName(secret)
                .withDefaultMode(0440)
                .endSecret()
                .endVolume()
                .build();
    }

    private static List<EnvVar> environment(VoiceAgentPool pool, String inference) {
        return List.of(
                fromPod("DIALPLANE_POD_NAME", "metadata.name"),
                fromPod("DIALPLANE_POD_NAMESPACE", "metadata.namespace"),
                fromPod("DIALPLANE_POD_UID", "metadata.uid"),
                fromPod("DIALPLANE_POD_IP", "status.podIP"),
                variable("DIALPLANE_POOL", pool.getMetadata().getName()),
                variable("DIALPLANE_INFERENCE", inference));
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    private static EnvVar fromPod(String name, String field) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(field)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    /** A node that seems gone may be cut off from the control plane only, with calls on it that go on. */
    private static List<Toleration> tolerations(AgentRuntime runtime) {
        List<Toleration> all = new ArrayList<>();
        for (String taint : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            all.add(new Toleration("NoExecute", taint, "Exists", null, null));
        }
        all.addAll(runtime.tolerations());
        return all;
    }

    private static List<TopologySpreadConstraint> spread(AgentRuntime runtime, String pool) {
        return runtime.topologySpreadConstraints().stream()
                .map(constraint -> constraint.getLabelSelector() != null
                        ? constraint
                        : constraint.toBuilder()
                                .withLabelSelector(new LabelSelectorBuilder()
                                        .addToMatchLabels(Labels.POOL, pool)
                                        .build())
                                .build())
                .toList();
    }

    /** Eight hex digits of the SHA-256 of the spec with its keys in order. */
    private static String revision(PodSpec spec) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(CANONICAL.writeValueAsString(spec).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (JsonProcessingException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
