package dev.dialplane.operator.pool;

/** How many pods a namespace should have: beyond it, what lists a namespace's pods becomes slow for everybody. */
public final class NamespaceLimit {

    /** Kubernetes' own scalability threshold for pods in one namespace. */
    public static final int PODS = 3000;

    private NamespaceLimit() {}

    /**
     * Returns the most agents a pool may have.
     *
     * @param max the pool's own maximum
     * @param others pods of other pools in its namespace
     * @param limit the most agents in a namespace
     * @param allowed whether the pool may exceed {@link #PODS}; who says so writes pools, so no lower limit is exceeded
     */
    public static int most(int max, int others, int limit, boolean allowed) {
        return allowed && limit >= PODS ? max : Math.min(max, Math.max(0, Math.min(limit, PODS) - others));
    }
}
