package dev.dialplane.operator.pool;

/**
 * A pool, named as in Kubernetes.
 *
 * @param namespace where it is
 * @param name its name
 */
public record PoolKey(String namespace, String name) {

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
