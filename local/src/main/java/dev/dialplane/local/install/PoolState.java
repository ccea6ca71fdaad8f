package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;

/**
 * What a pool's status says.
 *
 * @param idle how many agents wait for a call
 * @param reason why it is not Ready, or what is known of it
 */
record PoolState(String name, boolean isReady, int idle, String reason) {
    static PoolState of(KubernetesClient client, String namespace, String name) {
        try {
            GenericKubernetesResource pool = Resources.pools(client)
                    .inNamespace(namespace)
                    .withName(name)
                    .get();
            if (pool == null) {
                return new PoolState(name, false, 0, "there is no such pool");
            }
            Integer idle = pool.get("status", "agents", "idle");
            List<Map<String, Object>> conditions = pool.get("status", "conditions");
            if (conditions != null) {
                for (Map<String, Object> condition : conditions) {
                    if ("Ready".equals(condition.get("type"))) {
                        return new PoolState(
                                name,
                                "True".equals(condition.get("status")),
                                idle == null ? 0 : idle,
                                condition.get("reason") + ": " + condition.get("message"));
                    }
                }
            }
            return new PoolState(name, false, 0, "the operator has said nothing about it yet");
        } catch (KubernetesClientException e) {
            return new PoolState(name, false, 0, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return name + (isReady ? " is ready, " + idle + " agents idle" : " is not ready (" + reason + ")");
    }
}
