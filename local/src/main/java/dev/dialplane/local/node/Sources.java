package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a pod reads from its namespace when it starts. */
interface Sources {
    /** A config map's entries; empty if there is none of that name. */
    Optional<Map<String, byte[]>> configMap(String name);

    /** A secret's entries; empty if there is none of that name. */
    Optional<Map<String, byte[]>> secret(String name);

    /** Reads them from the API server, as the node. */
    static Sources of(KubernetesClient client, String namespace) {
        return new Sources() {
            @Override
            public Optional<Map<String, byte[]>> configMap(String name) {
                ConfigMap map = client.configMaps()
                        .inNamespace(namespace)
                        .withName(name)
                        .get();
                if (map == null) {
                    return Optional.empty();
                }
                Map<String, byte[]> entries = new TreeMap<>();
                if (map.getData() != null) {
                    map.getData().forEach((key, value) -> entries.put(key, value.getBytes(StandardCharsets.UTF_8)));
                }
                decode(map.getBinaryData(), entries);
                return Optional.of(entries);
            }

            @Override
            public Optional<Map<String, byte[]>> secret(String name) {
                Secret secret =
                        client.secrets().inNamespace(namespace).withName(name).get();
                if (secret == null) {
                    return Optional.empty();
                }
                Map<String, byte[]> entries = new TreeMap<>();
                decode(secret.getData(), entries);
                return Optional.of(entries);
            }
        };
    }

    private static void decode(@org.jspecify.annotations.Nullable Map<String, String> from, Map<String, byte[]> into) {
        if (from != null) {
            from.forEach((key, value) -> into.put(key, Base64.getDecoder().decode(value)));
        }
    }
}
