package dev.dialplane.local.containers;

import dev.dialplane.local.cluster.NodeNetwork;
import java.nio.file.Path;

/** The configuration of the node's programs. Everything that they keep is below one directory or in {@code /run}. */
final class NodeFiles {
    static final String CONTAINERD_SOCKET = "/run/containerd/containerd.sock";
    static final String PAUSE_IMAGE = "docker.io/dialplane/pause:1";

    private NodeFiles() {}

    /** containerd 1.6 and 1.7. A machine without CAP_SYS_RESOURCE cannot lower oom_score_adj, so it is left as it is. */
    static String containerd(Path root, ContainerPrograms programs, Path cniConfig) {
        return """
                version = 2
                root = "%s"
                state = "/run/containerd"
                disabled_plugins = [
                  "io.containerd.internal.v1.opt",
                  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
                  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs",
                ]

                [grpc]
                  address = "%s"

                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%s"
                  restrict_oom_score_adj = true

                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = "%s"
                    conf_dir = "%s"

                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    default_runtime_name = "runc"

                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                      runtime_type = "io.containerd.runc.v2"

                      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                        BinaryName = "%s"
                        SystemdCgroup = false
                """.formatted(root, CONTAINERD_SOCKET, PAUSE_IMAGE, programs.cni(), cniConfig, programs.program("runc"));
    }

    /** A bridge for all pods. A bridge enforces no NetworkPolicy. */
    static String cni(NodeNetwork network) {
        return """
                {
                  "cniVersion": "1.0.0",
                  "name": "pods",
                  "plugins": [
                    {
                      "type": "bridge",
                      "bridge": "dialplane-pods",
                      "isGateway": true,
                      "hairpinMode": true,
                      "ipam": {
                        "type": "host-local",
                        "dataDir": "/run/cni",
                        "ranges": [[{"subnet": "%s"}]],
                        "routes": [{"dst": "0.0.0.0/0"}]
                      }
                    }
                  ]
                }
                """.formatted(network.pods());
    }

    /**
     * The kubelet.
     *
     * @param cgroup below which everything that it starts is
     */
    static String kubelet(
            NodeNetwork network, Path directory, Path authority, Path certificate, Path logs, String cgroup) {
        return """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                address: %1$s
                authentication:
                  anonymous: {enabled: false}
                  webhook: {enabled: true}
                  x509: {clientCAFile: %2$s}
                authorization: {mode: Webhook}
                tlsCertFile: %3$s
                tlsPrivateKeyFile: %4$s
                containerRuntimeEndpoint: unix://%5$s
                cgroupDriver: cgroupfs
                cgroupRoot: %6$s
                failCgroupV1: false
                failSwapOn: false
                clusterDomain: cluster.local
                clusterDNS: [%1$s]
                resolvConf: %7$s/resolv.conf
                podLogsDir: %8$s/pods
                volumePluginDir: %7$s/plugins
                imageGCHighThresholdPercent: 100
                evictionHard: {memory.available: 100Mi, nodefs.available: 1%%, imagefs.available: 1%%}
                nodeStatusUpdateFrequency: 5s
                """.formatted(
                network.node(),
                authority,
                certificate,
                certificate.resolveSibling(certificate.getFileName().toString().replace(".crt", ".key")),
                CONTAINERD_SOCKET,
                cgroup,
                directory,
                logs);
    }

    /** kube-proxy, which leaves the machine's connection tracking as it is. */
    static String proxy(NodeNetwork network, Path kubeconfig) {
        return """
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                mode: iptables
                clientConnection: {kubeconfig: %s}
                clusterCIDR: %s
                hostnameOverride: node
                bindAddress: %s
                healthzBindAddress: ""
                metricsBindAddress: ""
                conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
                """.formatted(kubeconfig, network.pods(), network.node());
    }

    /** CoreDNS. */
    static String dns(NodeNetwork network, Path kubeconfig) {
        return """
                .:53 {
                  bind %s
                  errors
                  cache 5
                  kubernetes cluster.local {
                    kubeconfig %s
                  }
                }
                """.formatted(network.node(), kubeconfig);
    }
}
