package dev.dialplane.local.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command lines of the cluster's servers. All listen on 127.0.0.1 only, but an API server with a node network. */
final class ServerCommands {
    /** What API writes are recorded: who did what to which object and how it ended. Reads are not. */
    static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived, ResponseStarted]
            rules:
            - level: Metadata
              verbs: [create, update, patch, delete, deletecollection]
            - level: None
            """;

    private static final List<String> CONTROLLERS = List.of(
            "garbage-collector-controller",
            "disruption-controller",
            "serviceaccount-controller",
            "root-ca-certificate-publisher-controller",
            "namespace-controller");

    private ServerCommands() {}

    /** etcd without fsync: what a crash of the machine would lose is a test's cluster. */
    static List<String> etcd(Path program, Path data, int clientPort, int peerPort) {
        return List.of(
                program.toString(),
                "--name=local",
                "--data-dir=" + data,
                "--listen-client-urls=http://127.0.0.1:" + clientPort,
                "--advertise-client-urls=http://127.0.0.1:" + clientPort,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-cluster=local=http://127.0.0.1:" + peerPort,
                "--unsafe-no-fsync",
                "--quota-backend-bytes=4294967296",
                "--auto-compaction-mode=periodic",
                "--auto-compaction-retention=5m",
                "--log-level=warn");
    }

    static List<String> apiServer(
            Path program,
            ClusterPki pki,
            Path auditPolicy,
            Path auditLog,
            int etcdPort,
            int port,
            Optional<NodeNetwork> network) {
        String address = network.map(NodeNetwork::node).orElse("127.0.0.1");
        return List.of(
                program.toString(),
                "--etcd-servers=http://127.0.0.1:" + etcdPort,
                "--bind-address=" + address,
                "--advertise-address=" + address,
                "--secure-port=" + port,
                // Without a service network there is none to publish the API server's address in.
                "--endpoint-reconciler-type=" + (network.isPresent() ? "lease" : "none"),
                "--service-cluster-ip-range="
                        + network.map(NodeNetwork::services).orElse("10.97.0.0/24"),
                "--client-ca-file=" + pki.authorityFile(),
                "--tls-cert-file=" + pki.file("apiserver.crt"),
                "--tls-private-key-file=" + pki.file("apiserver.key"),
                "--kubelet-client-certificate=" + pki.file("kubelet-client.crt"),
                "--kubelet-client-key=" + pki.file("kubelet-client.key"),
                "--kubelet-certificate-authority=" + pki.authorityFile(),
                "--kubelet-preferred-address-types=InternalIP",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-signing-key-file=" + pki.file("tokens.key"),
                "--service-account-key-file=" + pki.file("tokens.pub"),
                "--audit-policy-file=" + auditPolicy,
                "--audit-log-path=" + auditLog,
                "--audit-log-mode=batch",
                "--audit-log-batch-max-wait=200ms",
                "--audit-log-maxsize=200",
                "--event-ttl=4h",
                "--profiling=false");
    }

    static List<String> controllerManager(
            Path program, ClusterPki pki, Path kubeconfig, Optional<NodeNetwork> network) {
        return List.of(
                program.toString(),
                "--kubeconfig=" + kubeconfig,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--controllers=" + (network.isPresent() ? "*" : String.join(",", CONTROLLERS)),
                "--use-service-account-credentials",
                "--root-ca-file=" + pki.authorityFile(),
                "--leader-elect=false",
                "--secure-port=0",
                "--kube-api-qps=200",
                "--kube-api-burst=400");
    }
}
