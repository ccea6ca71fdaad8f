package dev.dialplane.local.node;

import dev.dialplane.local.cluster.Kubeconfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pod's volumes as directories under its own. Config maps and secrets are copied once, when the pod starts; tokens are
 * renewed when four fifths of their time are over.
 */
final class PodVolumes {
    /** Where the ServiceAccount admission mounts the token for the API server. */
    private static final String API_ACCESS = "/var/run/secrets/kubernetes.io/serviceaccount";

    private static final long DEFAULT_TOKEN_SECONDS = 3600;

    private final Path directory;
    private final DownwardFields fields;
    private final Sources sources;
    private final TokenSource tokens;
    private final InstantSource clock;
    private final List<TokenFile> tokenFiles = new ArrayList<>();

    private record TokenFile(Path file, Optional<String> audience, long expirationSeconds, Instant renewal) {}

    PodVolumes(Path podDirectory, DownwardFields fields, Sources sources, TokenSource tokens, InstantSource clock) {
        this.directory = podDirectory.resolve("volumes");
        this.fields = fields;
        this.sources = sources;
        this.tokens = tokens;
        this.clock = clock;
    }

    /**
     * Makes every volume of the pod.
     *
     * @throws ContainerConfigException if a source does not exist or a kind of volume is not supported
     */
    void create() throws ContainerConfigException, IOException {
        tokenFiles.clear();
        Pod pod = fields.pod();
        for (Volume volume : pod.getSpec().getVolumes()) {
            Path target = Files.createDirectories(directory.resolve(volume.getName()));
            if (volume.getEmptyDir() != null) {
                continue;
            } else if (volume.getConfigMap() != null) {
                var source = volume.getConfigMap();
                write(
                        target,
                        "configmap",
                        source.getName(),
                        sources.configMap(source.getName()),
                        source.getItems(),
                        source.getOptional());
            } else if (volume.getSecret() != null) {
                var source = volume.getSecret();
                write(
                        target,
                        "secret",
                        source.getSecretName(),
                        sources.secret(source.getSecretName()),
                        source.getItems(),
                        source.getOptional());
            } else if (volume.getDownwardAPI() != null) {
                writeFields(target, volume.getDownwardAPI().getItems());
            } else if (volume.getProjected() != null) {
                for (VolumeProjection part : volume.getProjected().getSources()) {
                    project(target, volume.getName(), part);
                }
            } else {
                throw new ContainerConfigException("volume " + volume.getName() + " is of a kind that this node does"
                        + " not support: allowed are emptyDir, configMap, secret, downwardAPI and projected");
            }
        }
    }

    private void project(Path target, String volume, VolumeProjection part)
            throws ContainerConfigException, IOException {
        if (part.getServiceAccountToken() != null) {
            var token = part.getServiceAccountToken();
            Long seconds = token.getExpirationSeconds();
            issue(new TokenFile(
                    inside(target, token.getPath()),
                    Optional.ofNullable(token.getAudience()).filter(audience -> !audience.isEmpty()),
                    seconds == null ? DEFAULT_TOKEN_SECONDS : seconds,
                    Instant.MIN));
        } else if (part.getConfigMap() != null) {
            var source = part.getConfigMap();
            write(
                    target,
                    "configmap",
                    source.getName(),
                    sources.configMap(source.getName()),
                    source.getItems(),
                    source.getOptional());
        } else if (part.getSecret() != null) {
            var source = part.getSecret();
            write(
                    target,
                    "secret",
                    source.getName(),
                    sources.secret(source.getName()),
                    source.getItems(),
                    source.getOptional());
        } else if (part.getDownwardAPI() != null) {
            writeFields(target, part.getDownwardAPI().getItems());
        } else {
            throw new ContainerConfigException("projected volume " + volume + " has a source that this node does not"
                    + " support: allowed are serviceAccountToken, configMap, secret and downwardAPI");
        }
    }

    private void write(
            Path target,
            String kind,
            String name,
            Optional<Map<String, byte[]>> found,
            List<KeyToPath> items,
            @org.jspecify.annotations.Nullable Boolean optional)
            throws ContainerConfigException, IOException {
        boolean mayBeMissing = Boolean.TRUE.equals(optional);
        if (found.isEmpty()) {
            if (mayBeMissing) {
                return;
            }
            throw new ContainerConfigException(kind + " \"" + name + "\" not found");
        }
        Map<String, byte[]> entries = found.get();
        if (items.isEmpty()) {
            for (var entry : entries.entrySet()) {
                replace(inside(target, entry.getKey()), entry.getValue());
            }
            return;
        }
        for (KeyToPath item : items) {
            byte[] value = entries.get(item.getKey());
            if (value != null) {
                replace(inside(target, item.getPath()), value);
            } else if (!mayBeMissing) {
                throw new ContainerConfigException(kind + " \"" + name + "\" has no key " + item.getKey());
            }
        }
    }

    private void writeFields(Path target, List<DownwardAPIVolumeFile> items)
            throws ContainerConfigException, IOException {
        for (DownwardAPIVolumeFile item : items) {
            if (item.getFieldRef() == null) {
                throw new ContainerConfigException("downwardAPI file " + item.getPath() + " has no fieldRef");
            }
            replace(
                    inside(target, item.getPath()),
                    fields.value(item.getFieldRef().getFieldPath()).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Path inside(Path target, String path) throws ContainerConfigException, IOException {
        Path file = target.resolve(path).normalize();
        if (!file.startsWith(target) || file.equals(target)) {
            throw new ContainerConfigException("path " + path + " leads out of its volume");
        }
        Files.createDirectories(file.getParent());
        return file;
    }

    /** Readers see the old content or the new one, never half of it. */
    private static void replace(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling("." + file.getFileName() + ".new");
        Files.write(unfinished, content);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private synchronized void issue(TokenFile wanted) throws IOException {
        TokenSource.Token token = tokens.issue(wanted.audience(), wanted.expirationSeconds());
        replace(wanted.file(), token.text().getBytes(StandardCharsets.UTF_8));
        Instant now = clock.instant();
        Duration life = Duration.between(now, token.expiry());
        tokenFiles.removeIf(known -> known.file().equals(wanted.file()));
        tokenFiles.add(new TokenFile(
                wanted.file(),
                wanted.audience(),
                wanted.expirationSeconds(),
                now.plus(life.multipliedBy(4).dividedBy(5))));
    }

    /** When the next token is due for renewal; empty if the pod has none. */
    synchronized Optional<Instant> nextRenewal() {
        return tokenFiles.stream().map(TokenFile::renewal).min(Instant::compareTo);
    }

    /** Renews the tokens that are due. */
    void renewDue() throws IOException {
        Instant now = clock.instant();
        List<TokenFile> due;
        synchronized (this) {
            due = tokenFiles.stream()
                    .filter(file -> !file.renewal().isAfter(now))
                    .toList();
        }
        for (TokenFile file : due) {
            issue(file);
        }
    }

    /** Where a container's mounts really are. */
    MountPaths mounts(Container container) throws ContainerConfigException {
        Map<String, Path> directories = new HashMap<>();
        for (VolumeMount mount : container.getVolumeMounts()) {
            if (mount.getSubPath() != null && !mount.getSubPath().isEmpty()) {
                throw new ContainerConfigException("subPath of mount " + mount.getName()
                        + " is not supported by this node: mount the whole volume");
            }
            directories.put(mount.getMountPath(), directory.resolve(mount.getName()));
        }
        return MountPaths.of(directories);
    }

    /**
     * A kubeconfig with the API token that a container has mounted; empty if it has none. What is returned changes when
     * tokens are renewed.
     */
    Optional<String> kubeconfig(Container container, String server) throws IOException {
        for (VolumeMount mount : container.getVolumeMounts()) {
            if (mount.getMountPath().equals(API_ACCESS)) {
                Path volume = directory.resolve(mount.getName());
                return Optional.of(
                        Kubeconfig.forPod(server, volume.resolve("ca.crt"), Files.readString(volume.resolve("token"))));
            }
        }
        return Optional.empty();
    }
}
