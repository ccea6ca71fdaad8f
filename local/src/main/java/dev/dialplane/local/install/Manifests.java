package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Applies the YAML files of a checkout as {@code kubectl apply --server-side} would. */
public final class Manifests {
    private final KubernetesClient client;

    /** Applies to that API server. */
    public Manifests(KubernetesClient client) {
        this.client = client;
    }

    /** Applies every file of a directory, by name. */
    public void applyAll(Path directory) throws IOException {
        List<Path> files;
        try (var found = Files.list(directory)) {
            files = found.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            apply(file);
        }
    }

    /** Applies what a file holds, in its order. */
    public void apply(Path file) throws IOException {
        try (InputStream yaml = Files.newInputStream(file)) {
            for (HasMetadata item : client.load(yaml).items()) {
                apply(item);
            }
        }
    }

    /** Applies one object. */
    public void apply(HasMetadata item) {
        client.resource(item).fieldManager("dialplane-local").forceConflicts().serverSideApply();
    }
}
