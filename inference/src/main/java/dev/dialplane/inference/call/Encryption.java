package dev.dialplane.inference.call;

import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsFiles;
import dev.dialplane.inference.InferenceConfig;
import io.grpc.Attributes;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Mutual TLS on the port where agents call, with certificates that are renewed while the process runs. */
@ApplicationScoped
public class Encryption implements ServerBuilderCustomizer<VertxServerBuilder> {
    private static final Logger LOG = Logger.getLogger(Encryption.class);

    private final @Nullable TlsFiles files;

    public Encryption(InferenceConfig config) {
        try {
            files = config.tlsDirectory().isEmpty()
                    ? null
                    : TlsFiles.of(config.tlsDirectory().get());
        } catch (IOException e) {
            throw new UncheckedIOException("dialplane.inference.tls-directory: " + e.getMessage(), e);
        }
    }

    /** Who is at the other end of a connection; null if nobody has to say. */
    Function<Attributes, @Nullable String> peers() {
        return files == null ? _ -> null : attributes -> PeerName.of(attributes).orElse("");
    }

    /** Quarkus' own settings for TLS take files that stay as they are, so Netty is told, past Quarkus. */
    @Override
    public void customize(GrpcServerConfiguration config, VertxServerBuilder builder) {
        TlsFiles tls = files;
        if (tls == null) {
            return;
        }
        try {
            builder.nettyBuilder()
                    .sslContext(GrpcSslContexts.configure(
                                    SslContextBuilder.forServer(tls.identity().keyManager()))
                            .trustManager(tls.identity().clientTrust())
                            .clientAuth(ClientAuth.REQUIRE)
                            .build());
            LOG.info("gRPC is served over mutual TLS; the line of Quarkus about it does not know");
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    @PreDestroy
    void close() {
        if (files != null) {
            files.close();
        }
    }
}
