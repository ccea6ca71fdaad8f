package dev.dialplane.operator.gateways;

import io.grpc.ServerBuilder;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import jakarta.enterprise.context.Dependent;
import java.util.concurrent.TimeUnit;

/** Gateways keep one stream open for good: dead ones are noticed, and quiet ones may knock without being cut off. */
@Dependent
class KeepAlive<T extends ServerBuilder<T>> implements ServerBuilderCustomizer<T> {

    @Override
    public void customize(GrpcServerConfiguration configuration, T server) {
        server.keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }
}
