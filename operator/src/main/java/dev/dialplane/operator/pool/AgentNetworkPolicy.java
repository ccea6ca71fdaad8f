package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.List;
import java.util.Map;

/**
 * What a pool's agents may be reached by and may reach, in the pool's own namespace, to which no chart has a key: gateways
 * call them, they call inference, and they look its name up.
 */
final class AgentNetworkPolicy {

    /** Names a namespace, on every namespace; set by Kubernetes. */
    private static final String NAMESPACE = "kubernetes.io/metadata.name";

    private static final int INFERENCE_PORT = 7080;
    private static final int DNS_PORT = 53;

    private AgentNetworkPolicy() {}

    /** @param system the namespace of gateways and inference */
    static NetworkPolicy of(VoiceAgentPool pool, String system) {
        return new NetworkPolicyBuilder()
                .withMetadata(Owned.by(pool))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Map.of(Labels.POOL, pool.getMetadata().getName()))
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .withFrom(part(system, "gateway"))
                .withPorts(port("TCP", AgentPodTemplate.PORT))
                .endIngress()
                // Probes, and whoever gathers metrics.
                .addNewIngress()
                .withPorts(port("TCP", AgentPodTemplate.HEALTH_PORT))
                .endIngress()
                .addNewEgress()
                .withTo(part(system, "inference"))
                .withPorts(port("TCP", INFERENCE_PORT))
                .endEgress()
                .addNewEgress()
                .withPorts(List.of(port("UDP", DNS_PORT), port("TCP", DNS_PORT)))
                .endEgress()
                .endSpec()
                .build();
    }

    /** Returns whether a policy says what it should. */
    static boolean matches(NetworkPolicy found, NetworkPolicy wanted) {
        return found.getSpec().equals(wanted.getSpec());
    }

    private static NetworkPolicyPeer part(String system, String component) {
        return new NetworkPolicyPeerBuilder()
                .withNewNamespaceSelector()
                .withMatchLabels(Map.of(NAMESPACE, system))
                .endNamespaceSelector()
                .withNewPodSelector()
                .withMatchLabels(
                        Map.of("app.kubernetes.io/name", "dialplane", "app.kubernetes.io/component", component))
                .endPodSelector()
                .build();
    }

    private static NetworkPolicyPort port(String protocol, int port) {
        return new NetworkPolicyPortBuilder()
                .withProtocol(protocol)
                .withNewPort(port)
                .build();
    }
}
