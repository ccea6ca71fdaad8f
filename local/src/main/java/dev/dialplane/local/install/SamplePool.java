package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The pool of {@code manifests/samples}. */
final class SamplePool {
    private SamplePool() {}

    /**
     * Reads it; with scripted models in the place of its own if asked for, and all else as it is.
     *
     * @param changes under {@code spec.agent}, merged into it
     */
    static GenericKubernetesResource read(Path checkout, boolean scripted, Map<String, Object> changes)
            throws IOException {
        GenericKubernetesResource pool = Serialization.unmarshal(
                Files.readString(checkout.resolve("manifests/samples/receptionist.yaml")),
                GenericKubernetesResource.class);
        Map<String, Object> agent = pool.get("spec", "agent");
        if (scripted) {
            Map<String, String> model = Map.of("provider", "scripted", "model", "script");
            agent.put(
                    "pipeline",
                    Map.of("mode", "Cascade", "speechToText", model, "languageModel", model, "textToSpeech", model));
        }
        merged(agent, changes).forEach(agent::put);
        return pool;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> merged(Map<String, Object> base, Map<String, Object> changes) {
        Map<String, Object> merged = new HashMap<>(base);
        changes.forEach((key, value) -> merged.merge(
                key,
                value,
                (before, after) -> before instanceof Map && after instanceof Map
                        ? merged((Map<String, Object>) before, (Map<String, Object>) after)
                        : after));
        return merged;
    }
}
