package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The pool of {@code manifests/samples}. */
final class SamplePool {
    private SamplePool() {}

    /** Reads it; with scripted models in the place of its own if asked for, and all else as it is. */
    static GenericKubernetesResource read(Path checkout, boolean scripted) throws IOException {
        GenericKubernetesResource pool = Serialization.unmarshal(
                Files.readString(checkout.resolve("manifests/samples/receptionist.yaml")),
                GenericKubernetesResource.class);
        if (scripted) {
            Map<String, Object> agent = pool.get("spec", "agent");
            Map<String, String> model = Map.of("provider", "scripted", "model", "script");
            agent.put(
                    "pipeline",
                    Map.of("mode", "Cascade", "speechToText", model, "languageModel", model, "textToSpeech", model));
        }
        return pool;
    }
}
