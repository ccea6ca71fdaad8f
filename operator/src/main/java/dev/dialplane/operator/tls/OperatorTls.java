package dev.dialplane.operator.tls;

import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsIdentity;
import dev.dialplane.operator.OperatorConfig;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The operator's own end of TLS: at the port where gateways attach, and towards inference and other operators. Its
 * certificate never leaves its memory. KEDA has none to show, so clients are asked for one and may have none; to attach, they
 * must.
 */
@Singleton
public class OperatorTls implements ServerBuilderCustomizer<VertxServerBuilder> {
    private static final String SERVICE = "dialplane-operator";
    private static final Logger LOG = Logger.getLogger(OperatorTls.class);

    private final @Nullable Authority authority;
    private final List<String> names;
    private final Clock clock;
    private final TlsIdentity identity = new TlsIdentity();

    OperatorTls(OperatorConfig config, Clock clock) {
        this.clock = clock;
        // The Service's names are for KEDA, which knows the operator by its address.
        String service = SERVICE + "." + config.namespace();
        names = List.of(PeerName.OPERATOR, service, service + ".svc", service + ".svc.cluster.local");
        authority = config.tlsAuthorityDirectory().map(OperatorTls::read).orElse(null);
        if (authority == null) {
            LOG.warn("nothing is encrypted: dialplane.operator.tls-authority-directory is not set");
            return;
        }
        try {
            identity.believe(new X509Certificate[] {authority.certificate()});
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        renew(authority);
    }

    private static Authority read(Path directory) {
        try {
            return Authority.read(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("dialplane.operator.tls-authority-directory: " + e.getMessage(), e);
        }
    }

    /** Shows a new certificate of its own. */
    void renew(Authority issuer) {
        Authority.Credential own = issuer.issue(names, clock.instant(), Certificates.VALIDITY);
        identity.show(new X509Certificate[] {own.certificate()}, own.key());
    }

    /** Who signs; empty if nothing is encrypted. */
    Optional<Authority> authority() {
        return Optional.ofNullable(authority);
    }

    /** Whether everything is encrypted. */
    public boolean on() {
        return authority != null;
    }

    /**
     * A channel.
     *
     * @param address host:port
     * @param peer who must be there, one of {@link PeerName}'s
     */
    public ManagedChannelBuilder<?> channel(String address, String peer) {
        if (!on()) {
            return Grpc.newChannelBuilder(address, InsecureChannelCredentials.create());
        }
        return Grpc.newChannelBuilder(address, identity.nettyClient()).overrideAuthority(peer);
    }

    /** Quarkus' own settings for TLS take files that stay as they are, so Netty is told, past Quarkus. */
    @Override
    public void customize(GrpcServerConfiguration config, VertxServerBuilder builder) {
        if (!on()) {
            return;
        }
        try {
            builder.nettyBuilder()
                    .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(identity.keyManager()))
                            .trustManager(identity.clientTrust())
                            .clientAuth(ClientAuth.OPTIONAL)
                            .build());
            LOG.info("gRPC is served over TLS; the line of Quarkus about it does not know");
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }
}
