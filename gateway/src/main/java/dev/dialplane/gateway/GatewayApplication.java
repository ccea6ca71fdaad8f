package dev.dialplane.gateway;

import dev.dialplane.gateway.config.GatewayConfig;
import dev.dialplane.gateway.config.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;

/** Starts and stops the gateway with the process. */
@ApplicationScoped
public class GatewayApplication implements HttpServerOptionsCustomizer {

    @Produces
    @Singleton
    Gateway gateway(GatewayConfig config, Vertx vertx, MeterRegistry registry) throws IOException {
        return new Gateway(Settings.of(config), vertx, registry);
    }

    void routes(@Observes Router router, Gateway gateway) {
        gateway.install(router);
    }

    void start(@Observes StartupEvent event, Gateway gateway) {
        gateway.start();
    }

    /**
     * Runs until calls have ended. Quarkus waits for this event's observers before it closes anything; a {@code ShutdownEvent}
     * comes when sockets are closed already, and calls cut off with them.
     */
    void drain(@Observes ShutdownDelayInitiatedEvent event, Gateway gateway) {
        gateway.close();
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        Gateway.limit(options);
    }
}
