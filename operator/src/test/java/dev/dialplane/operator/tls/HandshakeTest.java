package dev.dialplane.operator.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dialplane.contracts.inference.v1.DescribeRequest;
import dev.dialplane.contracts.inference.v1.ModelsGrpc;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsFiles;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the operator issues, at both ends of real connections, over both of the transports that dial. */
class HandshakeTest {
    private static final Duration OFTEN = Duration.ofMillis(50);
    /** The server serves nothing, which it says only to those that it has let in. */
    private static final Status.Code LET_IN = Status.Code.UNIMPLEMENTED;

    private static final Status.Code NO_CONNECTION = Status.Code.UNAVAILABLE;

    enum Transport {
        NETTY,
        OKHTTP
    }

    @TempDir
    Path directory;

    private Authority authority;
    private TlsFiles serverFiles;
    private Server server;

    @BeforeEach
    void serve() throws Exception {
        authority = authority("ours", "RSA", true);
        serverFiles = TlsFiles.of(issued(authority, "server", PeerName.INFERENCE), OFTEN);
        server = Grpc.newServerBuilderForPort(0, serverFiles.identity().server())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        serverFiles.close();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsMeantAnswers(Transport transport) throws Exception {
        assertThat(call(transport, issued(authority, "client", PeerName.GATEWAY), PeerName.INFERENCE))
                .isEqualTo(LET_IN);
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsNotWhoIsMeantIsNotTalkedTo(Transport transport) throws Exception {
        assertThat(call(transport, issued(authority, "client", PeerName.GATEWAY), PeerName.OPERATOR))
                .isEqualTo(NO_CONNECTION);
    }

    @ParameterizedTest
    @EnumSource
    void aClientOfAnotherAuthorityIsNotLetIn(Transport transport) throws Exception {
        Path client = issued(authority("theirs", "RSA", true), "client", PeerName.GATEWAY);
        // It believes the server; the server does not believe it.
        Files.writeString(client.resolve(TlsFiles.AUTHORITY), authority.certificatePem());

        assertThat(call(transport, client, PeerName.INFERENCE)).isEqualTo(NO_CONNECTION);
    }

    @ParameterizedTest
    @EnumSource
    void aServerOfAnotherAuthorityIsNotTalkedTo(Transport transport) throws Exception {
        Path client = issued(authority, "client", PeerName.GATEWAY);
        Files.writeString(
                client.resolve(TlsFiles.AUTHORITY),
                authority("theirs", "RSA", true).certificatePem());

        assertThat(call(transport, client, PeerName.INFERENCE)).isEqualTo(NO_CONNECTION);
    }

    @Test
    void aClientWithoutACertificateIsNotLetIn() throws Exception {
        Path ca = Files.writeString(directory.resolve("only-ca"), authority.certificatePem());

        assertThat(call(NettyChannelBuilder.forAddress(
                                "127.0.0.1",
                                server.getPort(),
                                TlsChannelCredentials.newBuilder()
                                        .trustManager(ca.toFile())
                                        .build())
                        .overrideAuthority(PeerName.INFERENCE)))
                .isEqualTo(NO_CONNECTION);
    }

    @Test
    void aRenewedCertificateIsTakenUpByAProcessThatRuns() throws Exception {
        Path client = issued(authority, "client", PeerName.GATEWAY);
        assertThat(call(Transport.NETTY, client, PeerName.OPERATOR)).isEqualTo(NO_CONNECTION);

        issued(authority, "server", PeerName.OPERATOR);

        await().untilAsserted(() ->
                assertThat(call(Transport.NETTY, client, PeerName.OPERATOR)).isEqualTo(LET_IN));
    }

    @Test
    void filesThatAreNotAnAuthoritysAreNamed() throws Exception {
        Path missing = Files.createDirectories(directory.resolve("missing"));

        assertThatThrownBy(() -> TlsFiles.of(missing)).hasMessageContaining("tls.crt is not there");
        assertThatThrownBy(() -> authority("leaf", "RSA", false)).hasMessageContaining("CA:FALSE");
        Path swapped = directory.resolve("ours");
        Files.copy(swapped.resolve(TlsFiles.KEY), missing.resolve(TlsFiles.CERTIFICATE));
        assertThatThrownBy(() -> Authority.read(missing)).hasMessageContaining("does not begin with a certificate");
    }

    private Status.Code call(Transport transport, Path client, String expected) throws IOException {
        try (TlsFiles files = TlsFiles.of(client)) {
            return switch (transport) {
                case NETTY -> call(over(files.identity().nettyClient(), NettyChannelBuilder::forAddress, expected));
                case OKHTTP -> call(over(files.identity().okHttpClient(), OkHttpChannelBuilder::forAddress, expected));
            };
        }
    }

    private interface Dial<B> {
        B at(String host, int port, ChannelCredentials credentials);
    }

    private <B extends ManagedChannelBuilder<B>> B over(ChannelCredentials credentials, Dial<B> dial, String expected) {
        return dial.at("127.0.0.1", server.getPort(), credentials).overrideAuthority(expected);
    }

    private static Status.Code call(ManagedChannelBuilder<?> builder) {
        ManagedChannel channel = builder.build();
        try {
            ModelsGrpc.newBlockingStub(channel).describe(DescribeRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    /** A directory as a Secret is mounted. */
    private Path issued(Authority from, String name, String peer) throws IOException {
        Path files = Files.createDirectories(directory.resolve(name));
        Authority.Credential credential = from.issue(List.of(peer), Instant.now(), Duration.ofDays(1));
        Files.writeString(files.resolve(TlsFiles.CERTIFICATE), credential.certificatePem());
        Files.writeString(files.resolve(TlsFiles.KEY), credential.keyPem());
        Files.writeString(files.resolve(TlsFiles.AUTHORITY), from.certificatePem());
        return files;
    }

    /** As Helm makes one, with RSA and a key in PKCS #1, or as cert-manager would. */
    private Authority authority(String name, String algorithm, boolean signs) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        KeyPair keys = generator.generateKeyPair();
        X500Name subject = new X500Name("CN=" + name);
        var certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                subject,
                                BigInteger.ONE,
                                Date.from(Instant.now().minusSeconds(60)),
                                Date.from(Instant.now().plusSeconds(3600)),
                                subject,
                                keys.getPublic())
                        .addExtension(Extension.basicConstraints, true, new BasicConstraints(signs))
                        .build(new JcaContentSignerBuilder(
                                        algorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA")
                                .build(keys.getPrivate())));
        Path files = Files.createDirectories(directory.resolve(name));
        Files.writeString(files.resolve(TlsFiles.CERTIFICATE), pem(certificate));
        Files.writeString(files.resolve(TlsFiles.KEY), pem(keys.getPrivate()));
        return Authority.read(files);
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
