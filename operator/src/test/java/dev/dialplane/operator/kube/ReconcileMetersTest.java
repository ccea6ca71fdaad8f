package dev.dialplane.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.session.CallSession;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReconcileMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ReconcileMeters meters = new ReconcileMeters(registry);

    @Test
    void whatIsSubmittedWaitsUntilItIsStarted() {
        meters.reconciliationSubmitted(session("in-a"), null, Map.of());
        meters.reconciliationSubmitted(session("in-b"), null, Map.of());
        assertThat(waiting()).isEqualTo(2);
        meters.reconciliationStarted(session("in-a"), Map.of());
        assertThat(waiting()).isEqualTo(1);
        meters.reconciliationStarted(session("in-b"), Map.of());
        assertThat(waiting()).isZero();
    }

    @Test
    void aReconciliationIsTimedByControllerAlsoWhenItFails() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> meters.timeControllerExecution(execution(true))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> meters.timeControllerExecution(execution(false))))
                .isNull();
        assertThat(registry.get("dialplane.operator.reconcile")
                        .tag("controller", "callsessions")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void noMeterCarriesASessionsName() {
        HasMetadata session = session("in-secret");
        meters.reconciliationSubmitted(session, null, Map.of());
        meters.reconciliationFailed(session, null, new IllegalStateException("in-secret"), Map.of());
        assertThat(registry.getMeters())
                .hasSize(2)
                .allSatisfy(meter -> assertThat(meter.getId().toString()).doesNotContain("secret"));
    }

    private double waiting() {
        return registry.get("dialplane.operator.reconcile.waiting")
                .tag("resource", "callsessions")
                .gauge()
                .value();
    }

    private static CallSession session(String name) {
        CallSession session = new CallSession();
        session.setMetadata(new ObjectMetaBuilder().withName(name).build());
        return session;
    }

    private static Metrics.ControllerExecution<String> execution(boolean fails) {
        return new Metrics.ControllerExecution<>() {
            @Override
            public String name() {
                return "reconcile";
            }

            @Override
            public String controllerName() {
                return "callsessions";
            }

            @Override
            public String successTypeName(String result) {
                return result;
            }

            @Override
            public ResourceID resourceID() {
                return new ResourceID("in-secret", "default");
            }

            @Override
            public Map<String, Object> metadata() {
                return Map.of();
            }

            @Override
            public String execute() {
                if (fails) {
                    throw new IllegalStateException("failed");
                }
                return "done";
            }
        };
    }
}
