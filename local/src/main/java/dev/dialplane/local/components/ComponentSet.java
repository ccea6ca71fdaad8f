package dev.dialplane.local.components;

import java.util.List;

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
     */
    public record GoBuild(String module, List<String> packages, String linkerFlags, String hint) {
        List<String> programs() {
            return packages.stream()
                    .map(p -> p.equals(".") ? module : p.substring(p.lastIndexOf('/') + 1))
                    .toList();
        }
    }

    /** etcd, kube-apiserver, kube-controller-manager and kubectl; etcd is the version that this Kubernetes pins. */
    public static final ComponentSet KUBERNETES = new ComponentSet(
            "kubernetes",
            "v1.36.3",
            "DIALPLANE_KUBERNETES",
            List.of(
                    new GoBuild("etcd", List.of("."), "-s -w", "about a minute"),
                    new GoBuild(
                            "kubernetes",
                            List.of(
                                    "k8s.io/kubernetes/cmd/kube-apiserver",
                                    "k8s.io/kubernetes/cmd/kube-controller-manager",
                                    "k8s.io/kubernetes/cmd/kubectl"),
                            "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3"
                                    + " -X k8s.io/component-base/version.gitMajor=1"
                                    + " -X k8s.io/component-base/version.gitMinor=36",
                            "8 to 10 minutes on two cores the first time")));

    /** The linter of the protobuf contracts. */
    public static final ComponentSet BUF = new ComponentSet(
            "buf",
            "v1.75.0",
            "DIALPLANE_BUF",
            List.of(new GoBuild(
                    "buf", List.of("github.com/bufbuild/buf/cmd/buf"), "-s -w", "2 to 3 minutes on two cores")));

    /** Copies its list. */
    public ComponentSet {
        builds = List.copyOf(builds);
    }

    /** The file names of all programs. */
    public List<String> programs() {
        return builds.stream().flatMap(build -> build.programs().stream()).toList();
    }
}
