package dev.dialplane.inference.call;

import dev.dialplane.contracts.tls.TlsFiles;
import dev.dialplane.inference.InferenceConfig;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Mutual TLS on the port where agents call, with certificates that are renewed while the process runs. */
@ApplicationScoped
public class Encryption implements ServerBuilderCustomizer<VertxServerBuilder> {
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

    /** Whether clients have to show a certificate. */
    public boolean on() {
        return files != null;
    }

    @Override
    public void customize(GrpcServerConfiguration config, VertxServerBuilder builder) {
        TlsFiles tls = files;
        if (tls != null) {
            builder.useSsl(options -> options.setSsl(true)
                    .setUseAlpn(true)
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManager()))
                    .setTrustOptions(TrustOptions.wrap(tls.clientTrust())));
        }
    }

    @PreDestroy
    void close() {
        if (files != null) {
            files.close();
        }
    }
}
