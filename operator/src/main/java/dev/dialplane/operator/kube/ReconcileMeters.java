package dev.dialplane.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.Controller;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How long reconciliations take and how many wait, by controller. The framework's own meters carry the names of objects;
 * a session's name is a call's.
 */
@Singleton
public class ReconcileMeters implements Metrics {

    private final MeterRegistry registry;
    private final Map<String, AtomicInteger> waiting = new ConcurrentHashMap<>();

    ReconcileMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void controllerRegistered(Controller<? extends HasMetadata> controller) {
        waiting(controller.getConfiguration().getResourceClass());
    }

    @Override
    public void reconciliationSubmitted(HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        waiting(resource.getClass()).incrementAndGet();
    }

    @Override
    public void reconciliationStarted(HasMetadata resource, Map<String, Object> metadata) {
        waiting(resource.getClass()).updateAndGet(count -> Math.max(0, count - 1));
    }

    @Override
    public void reconciliationFailed(
            HasMetadata resource, @Nullable RetryInfo retry, Exception failure, Map<String, Object> metadata) {
        registry.counter("dialplane.operator.reconcile.failures", "resource", plural(resource.getClass()))
                .increment();
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        Timer.Sample began = Timer.start(registry);
        try {
            return execution.execute();
        } finally {
            began.stop(Timer.builder("dialplane.operator.reconcile")
                    .description("How long one reconciliation takes")
                    .tag("controller", execution.controllerName())
                    .publishPercentileHistogram()
                    .register(registry));
        }
    }

    private AtomicInteger waiting(Class<? extends HasMetadata> type) {
        return waiting.computeIfAbsent(plural(type), resource -> {
            AtomicInteger count = new AtomicInteger();
            Gauge.builder("dialplane.operator.reconcile.waiting", count, AtomicInteger::get)
                    .description("Objects that wait to be reconciled")
                    .tag("resource", resource)
                    .register(registry);
            return count;
        });
    }

    private static String plural(Class<? extends HasMetadata> type) {
        return HasMetadata.getPlural(type);
    }
}
