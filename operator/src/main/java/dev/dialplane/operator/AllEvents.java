package dev.dialplane.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnAddFilter;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import java.time.Duration;

/**
 * A controller's configuration by which it is called for deleted objects too. The extension knows no such setting and
 * takes no configuration but its own kind, so this is one.
 */
final class AllEvents<P extends HasMetadata> extends QuarkusControllerConfiguration<P> {

    private static final Duration AT_LEAST = Duration.ofMinutes(10);

    private AllEvents(QuarkusControllerConfiguration<P> built, OnAddFilter<P> added, OnUpdateFilter<P> matters) {
        super(
                ControllerConfigurationOverrider.override(built)
                        .withOnAddFilter(added)
                        .withOnUpdateFilter(matters)
                        .build()
                        .getInformerConfig(),
                built.getName(),
                built.isGenerationAware(),
                built.getAssociatedReconcilerClassName(),
                built.getRetry(),
                built.getRateLimiter(),
                built.maxReconciliationInterval().orElse(AT_LEAST),
                built.getFinalizerName(),
                built.fieldManager(),
                built.getWorkflow(),
                built.getResourceTypeName(),
                built.getResourceClass());
    }

    /**
     * Makes the configuration from the one that was built.
     *
     * @param added which objects, when they are seen first, the controller is called for
     * @param matters which changes the controller is called for
     */
    static <P extends HasMetadata> AllEvents<P> of(
            QuarkusConfigurationService service,
            QuarkusControllerConfiguration<P> built,
            OnAddFilter<P> added,
            OnUpdateFilter<P> matters) {
        AllEvents<P> configuration = new AllEvents<>(built, added, matters);
        configuration.setParent(service);
        return configuration;
    }

    @Override
    public boolean triggerReconcilerOnAllEvents() {
        return true;
    }
}
