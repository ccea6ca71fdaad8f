package dev.dialplane.operator;

import dev.dialplane.operator.pool.PoolReconciler;
import dev.dialplane.operator.session.SessionReconciler;
import io.javaoperatorsdk.operator.Operator;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;

/**
 * The two controllers. Both are called for deleted objects too: gateways are told of a deleted pool, a deleted session
 * hangs up, and no finalizer can keep a namespace from going.
 */
final class Controllers {

    @Produces
    @ApplicationScoped
    Operator operator(QuarkusConfigurationService service, PoolReconciler pools, SessionReconciler sessions) {
        Operator operator = new Operator(service);
        operator.register(pools, AllEvents.of(service, service.getConfigurationFor(pools), _ -> true, (_, _) -> true));
        operator.register(
                sessions,
                AllEvents.of(service, service.getConfigurationFor(sessions), sessions::concerns, sessions::concerns));
        return operator;
    }
}
