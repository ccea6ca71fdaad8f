package dev.dialplane.e2e.bench;

import dev.dialplane.local.install.Resources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** VoiceAgentPools as a benchmark needs them: of a size, and ready. */
final class Pools {
    private Pools() {}

    /**
     * Makes a pool of so many agents that are always there, with nothing in it that a simulated agent would need.
     *
     * @param queueSeconds how long a call waits for an agent
     */
    static void create(KubernetesClient client, String namespace, String name, int agents, int queueSeconds) {
        GenericKubernetesResource pool = Serialization.unmarshal(
                """
                apiVersion: dialplane.dev/v1alpha1
                kind: VoiceAgentPool
                metadata:
                  name: %s
                  namespace: %s
                spec:
                  agent:
                    language: en-IN
                    greeting: Hello
                    instructions: You are not there.
                    pipeline:
                      mode: Cascade
                      speechToText: {provider: scripted, model: script}
                      languageModel: {provider: scripted, model: script}
                      textToSpeech: {provider: scripted, model: script}
                  call: {maxDuration: 1h, maxRinging: 45s}
                  runtime:
                    image: dialplane/agent-runtime
                    resources: {cpu: 20m, memory: 160Mi}
                  scaling: {mode: Auto, min: %d, max: %d}
                  overflow: {queue: {maxWait: %ds, maxLength: 500}}
                """.formatted(name, namespace, agents, agents, queueSeconds), GenericKubernetesResource.class);
        Resources.pools(client).inNamespace(namespace).resource(pool).create();
    }

    /** Changes the pods of a pool in a way that no agent notices, so that all of them are replaced. */
    static void rollOut(KubernetesClient client, String namespace, String name, int millicores) {
        Resources.pools(client)
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"runtime\":{\"resources\":{\"cpu\":\"%dm\"}}}}".formatted(millicores));
    }

    /** Sets the number of agents: where nodes are this machine, one more that starts takes the processor from calls. */
    static void size(KubernetesClient client, String namespace, String name, int agents) {
        Resources.pools(client)
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"scaling\":{\"min\":%d,\"max\":%d}}}".formatted(agents, agents));
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
