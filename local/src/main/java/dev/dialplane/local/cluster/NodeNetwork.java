package dev.dialplane.local.cluster;

/**
 * The addresses of a cluster with one node that runs containers. They are of the ranges that are set aside for
 * documentation (RFC 5737), so no network that a machine is in has them.
 *
 * @param node where the node, the API server and DNS are
 * @param pods the range of pods
 * @param services the range of Services
 * @param apiServer the address of the Service {@code kubernetes}, the first of that range
 */
public record NodeNetwork(String node, String pods, String services, String apiServer) {
    /** The one that is used. */
    public static final NodeNetwork DOCUMENTATION =
            new NodeNetwork("192.0.2.1", "198.51.100.0/24", "203.0.113.0/24", "203.0.113.1");
}
