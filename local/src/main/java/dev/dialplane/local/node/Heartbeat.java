package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Registers the node and renews its Lease every ten seconds, as a kubelet does. */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Heartbeat.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int LEASE_SECONDS = 40;
    private static final int MOST_PODS = 1000;
    private static final String LEASES = "kube-node-lease";

    private final KubernetesClient client;
    private final String name;
    private final int logPort;
    private final InstantSource clock;
    private final Thread thread;

    /** @param logPort where the node serves logs, 0 if it does not */
    Heartbeat(KubernetesClient client, String name, int logPort, InstantSource clock) {
        this.client = client;
        this.name = name;
        this.logPort = logPort;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("heartbeat").unstarted(this::run);
    }

    /** Registers the node, which is Ready then, and begins to renew. */
    void start() {
        Node node = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of(
                        "kubernetes.io/hostname",
                        name,
                        "kubernetes.io/os",
                        "linux",
                        "kubernetes.io/arch",
                        System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64",
                        "topology.kubernetes.io/zone",
                        "local"))
                .endMetadata()
                .build();
        try {
            client.nodes().resource(node).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
        Node status = new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withStatus(status())
                .build();
        client.nodes()
                .resource(status)
                .subresource("status")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), Serialization.asJson(status));
        renew();
        thread.start();
    }

    private NodeStatus status() {
        String now = PodStatuses.time(clock.instant());
        Map<String, Quantity> capacity = Map.of(
                "cpu", new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())),
                "memory", new Quantity(memoryKibibytes() + "Ki"),
                "pods", new Quantity(Integer.toString(MOST_PODS)));
        NodeStatusBuilder status = new NodeStatusBuilder()
                .withCapacity(capacity)
                .withAllocatable(capacity)
                .addNewAddress(LocalNode.HOST_ADDRESS, "InternalIP")
                .addNewAddress(name, "Hostname")
                .withConditions(new NodeConditionBuilder()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("ProcessNodeReady")
                        .withMessage("pods are run as processes of this machine")
                        .withLastHeartbeatTime(now)
                        .withLastTransitionTime(now)
                        .build())
                .withNewNodeInfo()
                .withKubeletVersion("v0.1.0-dialplane-local")
                .withContainerRuntimeVersion("process://1")
                .withOperatingSystem("linux")
                .withArchitecture(System.getProperty("os.arch"))
                .withOsImage(System.getProperty("os.name"))
                .withKernelVersion(System.getProperty("os.version"))
                .withMachineID("")
                .withSystemUUID("")
                .withBootID("")
                .withKubeProxyVersion("")
                .endNodeInfo();
        if (logPort > 0) {
            status.withNewDaemonEndpoints().withNewKubeletEndpoint(logPort).endDaemonEndpoints();
        }
        return status.build();
    }

    private static long memoryKibibytes() {
        var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getTotalMemorySize() / 1024
                : 1024L * 1024;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(PERIOD);
                try {
                    renew();
                } catch (KubernetesClientException e) {
                    LOG.log(Level.FINE, "the node's lease can't be renewed", e);
                }
            }
        } catch (InterruptedException e) {
            return; // closed
        }
    }

    private void renew() {
        Lease lease = new LeaseBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(LEASES)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(name)
                .withLeaseDurationSeconds(LEASE_SECONDS)
                .withRenewTime(clock.instant().atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
        var resource = client.leases().inNamespace(LEASES).resource(lease);
        try {
            resource.patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(lease));
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
            resource.create();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
