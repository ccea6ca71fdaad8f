package dev.dialplane.gateway.recording;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where recordings go.
 *
 * @param directory where they are kept, or wait for the bucket
 * @param region where the directory or the bucket is, as pools' residency spells it; empty: not said
 * @param waitingBytes that may wait to be kept; beyond it no recording begins
 * @param bucket where they are kept; null for the directory
 */
public record RecordingSettings(
        Path directory,
        String region,
        long waitingBytes,
        @Nullable Bucket bucket) {
    /**
     * A bucket of a server of the S3 protocol.
     *
     * @param endpoint null for AWS
     * @param signingRegion in signatures
     * @param prefix of the names; empty, or ends with a slash
     * @param credentials a directory with the files access-key-id and secret-access-key
     */
    public record Bucket(String name, @Nullable URI endpoint, String signingRegion, String prefix, Path credentials) {}
}
