package dev.dialplane.local.cluster;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The certificate authority of one local cluster. It lives in memory: nothing can be signed once the cluster is gone. */
final class CertificateAuthority {
    private static final Duration VALIDITY = Duration.ofDays(365);
    /** Clocks of a machine just resumed may be behind. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private final KeyPair keys;
    private final X509Certificate certificate;
    private final Instant now;
    private final SecureRandom random = new SecureRandom();

    /** A certificate and its key, both PEM. */
    record Credential(String certificate, String key) {}

    /** The algorithm of a key. RSA is for kubeconfigs that the Java client reads, which takes a PKCS#8 key for one. */
    enum KeyAlgorithm {
        EC,
        RSA
    }

    CertificateAuthority(Instant now) {
        this.now = now;
        this.keys = keyPair(KeyAlgorithm.EC);
        X500Principal name = new X500Principal("CN=dialplane-local-ca");
        try {
            var builder = new JcaX509v3CertificateBuilder(name, serial(), start(), end(), name, keys.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(
                            Extension.keyUsage,
                            true,
                            new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature | KeyUsage.cRLSign));
            this.certificate = sign(builder);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The authority's own certificate, PEM. */
    String certificate() {
        return pem(certificate);
    }

    /** A certificate for a server on the loopback interface. */
    Credential server(List<String> dnsNames, List<String> addresses) {
        List<GeneralName> names = new java.util.ArrayList<>();
        dnsNames.forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        addresses.forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        return issue(
                dnsNames.getFirst(),
                List.of(),
                KeyAlgorithm.EC,
                KeyPurposeId.id_kp_serverAuth,
                new GeneralNames(names.toArray(GeneralName[]::new)));
    }

    /** A certificate that the API server takes for a user of some groups. */
    Credential client(String user, List<String> groups, KeyAlgorithm algorithm) {
        return issue(user, groups, algorithm, KeyPurposeId.id_kp_clientAuth, null);
    }

    private Credential issue(
            String commonName,
            List<String> organizations,
            KeyAlgorithm algorithm,
            KeyPurposeId purpose,
            @org.jspecify.annotations.Nullable GeneralNames alternatives) {
        KeyPair pair = keyPair(algorithm);
        X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
        organizations.forEach(organization -> subject.addRDN(BCStyle.O, organization));
        subject.addRDN(BCStyle.CN, commonName);
        try {
            var builder = new JcaX509v3CertificateBuilder(
                            certificate, serial(), start(), end(), subject.build(), pair.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            if (alternatives != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternatives);
            }
            return new Credential(pem(sign(builder)), privatePem(pair));
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(org.bouncycastle.cert.X509v3CertificateBuilder builder) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("a certificate can't be signed", e);
        }
    }

    private BigInteger serial() {
        return new BigInteger(120, random).add(BigInteger.ONE);
    }

    private Date start() {
        return Date.from(now.minus(BACKDATED));
    }

    private Date end() {
        return Date.from(now.plus(VALIDITY));
    }

    static KeyPair keyPair(KeyAlgorithm algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.name());
            switch (algorithm) {
                case EC -> generator.initialize(new ECGenParameterSpec("secp256r1"));
                case RSA -> generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key pair can't be made", e);
        }
    }

    private static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String privatePem(KeyPair pair) {
        return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    static String publicPem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }
}
