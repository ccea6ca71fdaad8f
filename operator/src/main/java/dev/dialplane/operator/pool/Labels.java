package dev.dialplane.operator.pool;

/** The labels and annotations on agents' pods. */
public final class Labels {

    /** The pool that a pod belongs to; the scale subresource's selector. */
    public static final String POOL = "dialplane.dev/pool";

    /** What the pod was made from. */
    public static final String REVISION = "dialplane.dev/revision";

    /** {@code true} on agents that a disruption budget need not protect. */
    public static final String EVICTABLE = "dialplane.dev/evictable";

    /** On a pool that may have more than {@link NamespaceLimit#PODS} pods in its namespace. */
    public static final String ALLOW_LARGE_NAMESPACE = "dialplane.dev/allow-large-namespace";

    /** The zone of a pod's node, which Kubernetes copies onto the pod. */
    public static final String ZONE = "topology.kubernetes.io/zone";

    private Labels() {}
}
