package dev.dialplane.contracts.tls;

import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An identity from files named as in a Secret of type {@code kubernetes.io/tls}: {@code tls.crt}, {@code tls.key} and
 * {@code ca.crt}, all PEM. They are read again when they change: grpc-java's own timer looks once a minute at most, and at
 * each file for itself.
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

    private final Path directory;
    private final TlsIdentity identity = new TlsIdentity();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-files").factory());
    /** Used by one thread at a time. */
    private List<FileTime> seen;

    private TlsFiles(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        seen = times();
        load();
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
            TlsFiles files = new TlsFiles(directory);
            var unused = files.watcher.scheduleWithFixedDelay(
                    files::reload, lookAgain.toMillis(), lookAgain.toMillis(), TimeUnit.MILLISECONDS);
            return files;
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(
                    "%s, %s or %s in %s is not as it should be: %s"
                            .formatted(CERTIFICATE, KEY, AUTHORITY, directory, e.getMessage()),
                    e);
        }
    }

    /** What the files say, now and later. */
    public TlsIdentity identity() {
        return identity;
    }

    private void reload() {
        try {
            List<FileTime> now = times();
            if (!now.equals(seen)) {
                load();
                seen = now;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "the certificate in {0} cannot be read, going on with the former one: {1}",
                    directory,
                    e.getMessage());
        }
    }

    private void load() throws IOException, GeneralSecurityException {
        X509Certificate[] chain = certificates(CERTIFICATE);
        X509Certificate[] authorities = certificates(AUTHORITY);
        PrivateKey key;
        try (InputStream in = Files.newInputStream(directory.resolve(KEY))) {
            key = CertificateUtils.getPrivateKey(in);
        }
        identity.believe(authorities);
        identity.show(chain, key);
    }

    private X509Certificate[] certificates(String name) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(directory.resolve(name))) {
            return CertificateUtils.getX509Certificates(in);
        }
    }

    private List<FileTime> times() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (String name : List.of(CERTIFICATE, KEY, AUTHORITY)) {
            times.add(Files.getLastModifiedTime(directory.resolve(name)));
        }
        return times;
    }

    @Override
    public void close() {
        watcher.shutdownNow();
    }
}
