package dev.dialplane.operator;

import dev.dialplane.crds.pool.AgentRuntime;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator's configuration; the package describes each property. */
@ConfigMapping(prefix = "dialplane.operator")
public interface OperatorConfig {

    /** Where agents and the operator find inference, host:port. */
    @WithDefault("dialplane-inference:7080")
    String inference();

    /** Who may attach, {@code namespace/name}. */
    @WithDefault("dialplane-system/dialplane-gateway")
    List<String> gatewayServiceAccounts();

    /** The audience that a gateway's token must have. */
    @WithDefault("dialplane-operator")
    String audience();

    /** Who this operator is among several: its pod, so that one that is started again in it need not wait for itself. */
    String identity();

    /** Where other operators reach this one's gRPC port, host:port. */
    String address();

    /** Where the Lease is by which operators elect their leader. */
    String namespace();

    /**
     * Where the authority's {@code tls.crt} and {@code tls.key} are, by which everything between the processes is encrypted
     * and everybody knows who is who; without it, nothing is encrypted.
     */
    Optional<Path> tlsAuthorityDirectory();

    /** After how long an idle agent may be evicted. */
    @WithDefault("5m")
    Duration evictableAfter();

    /**
     * How long a pod with a node may take to be ready before it is given up. Agents start in seconds; this is for images
     * that have to be pulled first.
     */
    @WithDefault("5m")
    Duration startWithin();

    /**
     * How long signs of an agent's loss must last, after its node's lease has run out, before it is given up. A network
     * that is mended within it loses nobody.
     */
    @WithDefault("30s")
    Duration lostAfter();

    /**
     * How many pods are created a second, of all pools together; namespaces that want some at the same time have equal
     * parts. A kube-scheduler's client is allowed 50 requests a
     * second unless somebody raises it, and binds one pod with each; this leaves it room for others' pods.
     */
    @WithDefault("30")
    double creationsPerSecond();

    /** How many pods are created at once after a rest; the scheduler's client has as many requests in reserve. */
    @WithDefault("100")
    int creationBurst();

    /**
     * The namespaces whose pools and sessions are looked after; without it, all. In others the operator needs no rights.
     */
    Optional<List<String>> namespaces();

    /**
     * Whether each pool gets a NetworkPolicy, by which only gateways reach its agents and they reach only inference and
     * DNS. Gateways and inference must be in this namespace, labeled as the chart labels them.
     */
    @WithDefault("false")
    boolean networkPolicies();

    /** The image of agents whose pool names none. Another one replaces them, busy ones after their calls. */
    @WithDefault(AgentRuntime.IMAGE)
    String agentImage();

    /** The PriorityClass of agents whose pool names none; without it, the cluster's default. */
    Optional<String> agentPriorityClass();

    /** Which images agents may be made of where their pool names one: whole names, or beginnings that end with {@code *}; without it, any. */
    Optional<List<String>> allowedImages();

    /** Which PriorityClasses agents may have; without it, all but Kubernetes' own. */
    Optional<List<String>> allowedPriorityClasses();

    /** How many agents one namespace may have, of all its pools together. */
    @WithDefault("3000")
    int agentsPerNamespace();

    /** How many ended sessions are kept at most, in the whole cluster. */
    @WithDefault("20000")
    int retainedSessions();

    /** The least time between two writes of a pool's status when no condition flips. */
    @WithDefault("5s")
    Duration statusInterval();
}
