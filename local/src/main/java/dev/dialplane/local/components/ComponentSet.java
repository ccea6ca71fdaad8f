package dev.dialplane.local.components;

import java.util.List;
import java.util.Optional;

/**
 * Programs of one release that are found or built together.
 *
 * @param name names the folder in the cache
 * @param version the release, part of the folder's name
 * @param variable the environment variable that may name a directory with these programs
 * @param builds how each is built from pinned Go modules
 */
public record ComponentSet(String name, String version, String variable, List<GoBuild> builds) {

    /**
     * One {@code go build}.
     *
     * @param module the module's folder under {@code local/components}
     * @param packages the main packages; each program is named for the last part of its package
     * @param linkerFlags the value of {@code -ldflags}
     * @param hint how long it takes the first time
     * @param files what comes with the programs
     */
    public record GoBuild(
            String module, List<String> packages, String linkerFlags, String hint, Optional<ModuleFiles> files) {

        /** Programs alone. */
        public GoBuild(String module, List<String> packages, String linkerFlags, String hint) {
            this(module, packages, linkerFlags, hint, Optional.empty());
        }

        /** Copies its list. */
        public GoBuild {
            packages = List.copyOf(packages);
        }

        List<String> programs() {
            return packages.stream()
                    .map(p -> p.equals(".") ? module : p.substring(p.lastIndexOf('/') + 1))
                    .toList();
        }
    }

    /**
     * Files that a Go module carries beside its code, such as the CRDs that its programs need.
     *
     * @param module the module's path
     * @param paths relative to the module's root, and to the directory of the programs
     */
    public record ModuleFiles(String module, List<String> paths) {

        /** Copies its list. */
        public ModuleFiles {
            paths = List.copyOf(paths);
        }
    }

    private static final String KUBERNETES_VERSION = "v1.36.3";

    private static final String KUBERNETES_FLAGS = "-s -w -X k8s.io/component-base/version.gitVersion="
            + KUBERNETES_VERSION
            + " -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36";

    /** etcd, kube-apiserver, kube-controller-manager and kubectl; etcd is the version that this Kubernetes pins. */
    public static final ComponentSet KUBERNETES = new ComponentSet(
            "kubernetes",
            KUBERNETES_VERSION,
            "DIALPLANE_KUBERNETES",
            List.of(
                    new GoBuild("etcd", List.of("."), "-s -w", "about a minute"),
                    new GoBuild(
                            "kubernetes",
                            List.of(
                                    "k8s.io/kubernetes/cmd/kube-apiserver",
                                    "k8s.io/kubernetes/cmd/kube-controller-manager",
                                    "k8s.io/kubernetes/cmd/kubectl"),
                            KUBERNETES_FLAGS,
                            "8 to 10 minutes on two cores the first time")));

    private static final String OLDEST_VERSION = "v1.32.13";

    /** The oldest Kubernetes that the chart says it runs on; what is tested with {@link #KUBERNETES} is with this, too. */
    public static final ComponentSet KUBERNETES_OLDEST = new ComponentSet(
            "kubernetes",
            OLDEST_VERSION,
            "DIALPLANE_KUBERNETES_OLDEST",
            List.of(
                    new GoBuild("etcd", List.of("."), "-s -w", "about a minute"),
                    new GoBuild(
                            "kubernetes-oldest",
                            List.of(
                                    "k8s.io/kubernetes/cmd/kube-apiserver",
                                    "k8s.io/kubernetes/cmd/kube-controller-manager",
                                    "k8s.io/kubernetes/cmd/kubectl"),
                            "-s -w -X k8s.io/component-base/version.gitVersion=" + OLDEST_VERSION
                                    + " -X k8s.io/component-base/version.gitMajor=1"
                                    + " -X k8s.io/component-base/version.gitMinor=32",
                            "8 to 10 minutes on two cores the first time")));

    /** What a node that runs containers needs beside a container runtime, and what schedules pods and names Services. */
    public static final ComponentSet NODE = new ComponentSet(
            "node",
            KUBERNETES_VERSION,
            "DIALPLANE_NODE",
            List.of(
                    new GoBuild("pause", List.of("."), "-s -w", "a second"),
                    new GoBuild(
                            "kubernetes",
                            List.of(
                                    "k8s.io/kubernetes/cmd/kube-proxy",
                                    "k8s.io/kubernetes/cmd/kube-scheduler",
                                    "k8s.io/kubernetes/cmd/kubelet"),
                            KUBERNETES_FLAGS,
                            "2 minutes on two cores where Kubernetes was built before"),
                    new GoBuild("coredns", List.of("."), "-s -w", "2 minutes on two cores the first time")));

    /** The linter of the protobuf contracts. */
    public static final ComponentSet BUF = new ComponentSet(
            "buf",
            "v1.75.0",
            "DIALPLANE_BUF",
            List.of(new GoBuild(
                    "buf", List.of("github.com/bufbuild/buf/cmd/buf"), "-s -w", "2 to 3 minutes on two cores")));

    /** The Helm CLI, which the chart is rolled back with in tests: the Java client of Helm can't. */
    public static final ComponentSet HELM = new ComponentSet(
            "helm",
            "v3.22.0",
            "DIALPLANE_HELM",
            List.of(new GoBuild(
                    "helm",
                    List.of("helm.sh/helm/v3/cmd/helm"),
                    "-s -w -X helm.sh/helm/v3/internal/version.version=v3.22.0",
                    "2 to 3 minutes on two cores")));

    /**
     * The operator and the metrics adapter of KEDA, with its CRDs and the rights that it asks for. It is tested with, and
     * no part of a cluster on one machine.
     */
    public static final ComponentSet KEDA = new ComponentSet(
            "keda",
            "v2.21.0",
            "DIALPLANE_KEDA",
            List.of(new GoBuild(
                    "keda",
                    List.of("github.com/kedacore/keda/v2/cmd/operator", "github.com/kedacore/keda/v2/cmd/adapter"),
                    "-s -w -X github.com/kedacore/keda/v2/version.Version=2.21.0",
                    "about 15 minutes on two cores the first time",
                    Optional.of(new ModuleFiles(
                            "github.com/kedacore/keda/v2",
                            List.of(
                                    "config/crd/bases/eventing.keda.sh_cloudeventsources.yaml",
                                    "config/crd/bases/eventing.keda.sh_clustercloudeventsources.yaml",
                                    "config/crd/bases/keda.sh_clustertriggerauthentications.yaml",
                                    "config/crd/bases/keda.sh_scaledjobs.yaml",
                                    "config/crd/bases/keda.sh_scaledobjects.yaml",
                                    "config/crd/bases/keda.sh_triggerauthentications.yaml",
                                    "config/metrics-server/role.yaml",
                                    "config/metrics-server/role_binding.yaml",
                                    "config/rbac/role.yaml",
                                    "config/rbac/role_binding.yaml",
                                    "config/service_account/service_account.yaml"))))));

    /** Copies its list. */
    public ComponentSet {
        builds = List.copyOf(builds);
    }

    /** The file names of all programs. */
    public List<String> programs() {
        return builds.stream().flatMap(build -> build.programs().stream()).toList();
    }

    /** The files that come with the programs. */
    List<String> files() {
        return builds.stream()
                .flatMap(build -> build.files().stream())
                .flatMap(files -> files.paths().stream())
                .toList();
    }
}
