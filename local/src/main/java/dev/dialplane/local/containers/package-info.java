/** A node that runs containers, in namespaces of its own: containerd, kubelet, kube-proxy, a scheduler and DNS. */
@org.jspecify.annotations.NullMarked
package dev.dialplane.local.containers;
