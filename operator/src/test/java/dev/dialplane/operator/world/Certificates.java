package dev.dialplane.operator.world;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test, and a directory with what it issues: {@code ca.crt}, {@code NAME.crt}, {@code NAME.key}. */
final class Certificates {

    private static final Duration LASTS = Duration.ofDays(1);

    private final Path directory;
    private final KeyPair keys = keys();
    private final X500Principal name = new X500Principal("CN=authority-of-this-test");
    private final SecureRandom random = new SecureRandom();

    Certificates(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        try {
            write(
                    "ca.crt",
                    "CERTIFICATE",
                    sign(builder(name, keys).addExtension(Extension.basicConstraints, true, new BasicConstraints(true)))
                            .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Path directory() {
        return directory;
    }

    Path file(String file) {
        return directory.resolve(file);
    }

    /** Issues a certificate that is good for clients, and for servers of the given names. */
    void issue(String file, String commonName, List<String> serverNames) throws IOException {
        KeyPair pair = keys();
        try {
            JcaX509v3CertificateBuilder builder = builder(new X500Principal("CN=" + commonName), pair);
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
            }));
            if (!serverNames.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(serverNames.stream()
                                .map(server -> new GeneralName(GeneralName.dNSName, server))
                                .toArray(GeneralName[]::new)));
            }
            write(file + ".crt", "CERTIFICATE", sign(builder).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        write(file + ".key", "PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private JcaX509v3CertificateBuilder builder(X500Principal subject, KeyPair pair) {
        Instant now = Instant.now();
        return new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(120, random).add(BigInteger.ONE),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plus(LASTS)),
                subject,
                pair.getPublic());
    }

    private X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private void write(String file, String type, byte[] bytes) throws IOException {
        Files.writeString(file(file), pem(type, bytes));
    }

    static String pem(String type, byte[] bytes) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes), type);
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
