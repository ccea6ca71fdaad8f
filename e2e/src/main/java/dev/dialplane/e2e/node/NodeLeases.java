package dev.dialplane.e2e.node;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;

/** The Node objects of simulated nodes and their heartbeats, as kubelets keep them. */
final class NodeLeases {
    /** How often a kubelet renews its Lease, s. */
    static final int PERIOD_SECONDS = 10;

    private static final int LEASE_SECONDS = 40;
    private static final String NAMESPACE = "kube-node-lease";

    private final KubernetesClient client;

    NodeLeases(KubernetesClient client) {
        this.client = client;
    }

    /** Makes the node and says that it is ready. */
    void register(SimulatedNode node) {
        Map<String, Quantity> capacity = Map.of(
                "cpu", new Quantity("64"),
                "memory", new Quantity("256Gi"),
                "pods", new Quantity(Integer.toString(AddressBlock.SLOTS)));
        client.nodes()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(node.name())
                        .withLabels(Map.of(
                                "kubernetes.io/hostname", node.name(), "topology.kubernetes.io/zone", "simulated"))
                        .endMetadata()
                        .withNewStatus()
                        .withCapacity(capacity)
                        .withAllocatable(capacity)
                        .addNewAddress(node.hostAddress(), "InternalIP")
                        .withConditions(new NodeConditionBuilder()
                                .withType("Ready")
                                .withStatus("True")
                                .withReason("SimulatedNodeReady")
                                .withLastHeartbeatTime(PodReport.now())
                                .withLastTransitionTime(PodReport.now())
                                .build())
                        .endStatus()
                        .build())
                .create();
        renew(node);
    }

    /** Renews its Lease; an API server that does not answer is asked again at the next turn. */
    void renew(SimulatedNode node) {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(node.name())
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(node.name())
                .withLeaseDurationSeconds(LEASE_SECONDS)
                .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                .endSpec()
                .build();
        var resource = client.leases().inNamespace(NAMESPACE).resource(lease);
        try {
            resource.patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(lease));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404) {
                resource.create();
            }
        }
    }
}
