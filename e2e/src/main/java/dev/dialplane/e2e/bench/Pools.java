package dev.dialplane.e2e.bench;

import dev.dialplane.local.install.Resources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** VoiceAgentPools as a benchmark needs them: of a size, and ready. */
final class Pools {
    private Pools() {}

    /** Sets the least number of agents. */
    static void size(KubernetesClient client, String namespace, String name, int min) {
        Resources.pools(client)
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"scaling\":{\"min\":%d,\"max\":%d}}}".formatted(min, min * 2));
    }

    /**
     * Waits until so many agents are idle.
     *
     * @throws IOException if that takes longer than {@code patience}
     */
    static void awaitIdle(KubernetesClient client, String namespace, String name, int idle, Duration patience)
            throws IOException {
        try {
            Resources.pools(client)
                    .inNamespace(namespace)
                    .withName(name)
                    .waitUntilCondition(pool -> idleOf(pool) >= idle, patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (io.fabric8.kubernetes.client.KubernetesClientTimeoutException e) {
            throw new IOException(
                    "pool %s/%s has no %d idle agents after %d s"
                            .formatted(namespace, name, idle, patience.toSeconds()),
                    e);
        }
    }

    private static int idleOf(@Nullable GenericKubernetesResource pool) {
        if (pool == null || pool.get("status", "agents", "idle") == null) {
            return 0;
        }
        return ((Number) pool.<Object>get("status", "agents", "idle")).intValue();
    }
}
