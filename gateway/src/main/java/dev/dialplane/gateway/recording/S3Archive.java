package dev.dialplane.gateway.recording;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A bucket of any server of the S3 protocol. The key is read for every file, so a rotated Secret counts at once; tries are
 * for the caller to repeat. A file goes in one request, with its digest: the server refuses what arrives otherwise.
 */
final class S3Archive implements Archive {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration READ = Duration.ofSeconds(30);
    /** A line slower than this, in bytes a ms, is taken for broken. */
    private static final int SLOWEST = 100;

    /** For what an upload takes besides. */
    private static final Duration BESIDES = Duration.ofMinutes(1);

    private final RecordingSettings.Bucket bucket;
    private final S3Client client;

    S3Archive(RecordingSettings.Bucket bucket) {
        this.bucket = bucket;
        URI endpoint = bucket.endpoint();
        var builder = S3Client.builder()
                .region(Region.of(bucket.signingRegion()))
                .credentialsProvider(new CredentialFiles(bucket.credentials()))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(READ))
                // Servers other than AWS do not all know the newer trailing checksums, or signatures chunk by chunk.
                .serviceConfiguration(it -> it.chunkedEncodingEnabled(false))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .forcePathStyle(endpoint != null)
                .overrideConfiguration(it -> it.retryStrategy(DefaultRetryStrategy.doNotRetry()));
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        client = builder.build();
    }

    private record CredentialFiles(Path directory) implements AwsCredentialsProvider {
        @Override
        public AwsCredentials resolveCredentials() {
            return AwsBasicCredentials.create(read("access-key-id"), read("secret-access-key"));
        }

        private String read(String name) {
            try {
                return Files.readString(directory.resolve(name)).strip();
            } catch (IOException e) {
                throw SdkClientException.create("the credentials cannot be read: " + e, e);
            }
        }
    }

    @Override
    public String url(String name) {
        return "s3://" + bucket.name() + "/" + bucket.prefix() + name;
    }

    @Override
    public void keep(Path file, String name) throws IOException {
        String md5 = Base64.getEncoder().encodeToString(Spool.digest(file, "MD5"));
        Duration atMost = BESIDES.plusMillis(Files.size(file) / SLOWEST);
        try {
            client.putObject(
                    it -> it.bucket(bucket.name())
                            .key(bucket.prefix() + name)
                            .contentType("audio/wav")
                            .contentMD5(md5)
                            .overrideConfiguration(request -> request.apiCallTimeout(atMost)),
                    RequestBody.fromFile(file));
        } catch (SdkException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public String described() {
        URI endpoint = bucket.endpoint();
        return "bucket " + bucket.name() + (endpoint == null ? "" : " at " + endpoint);
    }

    @Override
    public void close() {
        client.close();
    }
}
