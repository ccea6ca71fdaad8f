package dev.dialplane.gateway.health;

import dev.dialplane.gateway.Gateway;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while pools and agents are known and calls are taken. Not being attached is no reason to turn calls away: what is
 * known serves them.
 */
@Readiness
@ApplicationScoped
public class GatewayHealth implements HealthCheck {
    private final Gateway gateway;

    GatewayHealth(Gateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("gateway")
                .status(gateway.ready())
                .withData("attached", gateway.attached())
                .withData("calls", gateway.calls())
                .build();
    }
}
