package dev.dialplane.contracts.tls;

import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A process's own certificate and the authority that it believes, in files named as in a Secret of type
 * {@code kubernetes.io/tls}: {@code tls.crt}, {@code tls.key} and {@code ca.crt}, all PEM. They are read again when they
 * change; connections that are up stay as they are.
 */
public final class TlsFiles implements AutoCloseable {
    /** The certificate, and those between it and the authority. */
    public static final String CERTIFICATE = "tls.crt";
    /** Its private key, PKCS #8. */
    public static final String KEY = "tls.key";
    /** The authority. */
    public static final String AUTHORITY = "ca.crt";

    private static final System.Logger LOG = System.getLogger(TlsFiles.class.getName());

    /** A kubelet brings a changed Secret within a minute or two; a certificate holds for days. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-files").factory());
    private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager namesToo;
    private final AdvancedTlsX509TrustManager authorityOnly;

    private TlsFiles() throws CertificateException {
        namesToo = trust(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION);
        authorityOnly = trust(Verification.CERTIFICATE_ONLY_VERIFICATION);
    }

    /**
     * Reads the files of a directory, and again when they change.
     *
     * @throws IOException if one is missing or is not what it should be; the message names it
     */
    public static TlsFiles of(Path directory) throws IOException {
        return of(directory, LOOK_AGAIN);
    }

    /**
     * Reads the files of a directory, and again when they change.
     *
     * @param lookAgain how often it is seen whether they have
     * @throws IOException if one is missing or is not what it should be; the message names it
     */
    public static TlsFiles of(Path directory, Duration lookAgain) throws IOException {
        for (String name : List.of(CERTIFICATE, KEY, AUTHORITY)) {
            if (!Files.isReadable(directory.resolve(name))) {
                throw new IOException(directory.resolve(name) + " is not there or cannot be read");
            }
        }
        try {
            TlsFiles files = new TlsFiles();
            try {
                files.watch(directory, lookAgain);
                return files;
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                files.close();
                throw e;
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(
                    "%s, %s or %s in %s is not as it should be: %s"
                            .formatted(CERTIFICATE, KEY, AUTHORITY, directory, e.getMessage()),
                    e);
        }
    }

    private static AdvancedTlsX509TrustManager trust(Verification verification) throws CertificateException {
        return AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(verification)
                .build();
    }

    /** By hand: grpc-java's own timer looks once a minute at most, and at each file for itself. */
    private void watch(Path directory, Duration lookAgain) throws IOException, GeneralSecurityException {
        load(directory);
        AtomicReference<List<FileTime>> seen = new AtomicReference<>(times(directory));
        var unused = watcher.scheduleWithFixedDelay(
                () -> reload(directory, seen), lookAgain.toMillis(), lookAgain.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void reload(Path directory, AtomicReference<List<FileTime>> seen) {
        try {
            List<FileTime> now = times(directory);
            if (!now.equals(seen.get())) {
                load(directory);
                seen.set(now);
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "the certificate in {0} cannot be read, going on with the former one: {1}",
                    directory,
                    e.getMessage());
        }
    }

    private void load(Path directory) throws IOException, GeneralSecurityException {
        key.updateIdentityCredentials(
                directory.resolve(CERTIFICATE).toFile(), directory.resolve(KEY).toFile());
        for (AdvancedTlsX509TrustManager trust : List.of(namesToo, authorityOnly)) {
            trust.updateTrustCredentials(directory.resolve(AUTHORITY).toFile());
        }
    }

    private static List<FileTime> times(Path directory) throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (String name : List.of(CERTIFICATE, KEY, AUTHORITY)) {
            times.add(Files.getLastModifiedTime(directory.resolve(name)));
        }
        return times;
    }

    /** For a server: clients must show a certificate of the authority; what it says of them is the server's to judge. */
    public ServerCredentials server() {
        return TlsServerCredentials.newBuilder()
                .keyManager(key)
                .trustManager(authorityOnly)
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** For a client over Netty, which has the JDK compare the server's name with the channel's authority. */
    public ChannelCredentials nettyClient() {
        return client(namesToo);
    }

    /** For a client over OkHttp, which compares the server's name with the channel's authority by itself. */
    public ChannelCredentials okHttpClient() {
        return client(authorityOnly);
    }

    private ChannelCredentials client(AdvancedTlsX509TrustManager trust) {
        return TlsChannelCredentials.newBuilder()
                .keyManager(key)
                .trustManager(trust)
                .build();
    }

    /** What this process shows. */
    public X509ExtendedKeyManager keyManager() {
        return key;
    }

    /** Whom a server of this process believes. */
    public X509ExtendedTrustManager clientTrust() {
        return authorityOnly;
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
