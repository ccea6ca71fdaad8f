package dev.dialplane.operator.leader;

import dev.dialplane.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Lease in the Kubernetes API. Every write carries the version that was read: of two that take it, one does. */
@Singleton
class LeaseRegister {

    static final String NAME = "dialplane-operator";

    /** Where whoever holds the Lease serves gRPC, host:port: an operator that stands by asks it what KEDA asks. */
    static final String ADDRESS = "dialplane.dev/address";

    private final KubernetesClient client;
    private final String namespace;
    private final String address;
    private final MeterRegistry meters;
    private final Clock clock;

    LeaseRegister(KubernetesClient client, OperatorConfig config, MeterRegistry meters, Clock clock) {
        this.client = client;
        this.namespace = config.namespace();
        this.address = config.address();
        this.meters = meters;
        this.clock = clock;
    }

    /** Returns the Lease; null when there is none. */
    @Nullable
    Lease read() {
        return client.leases().inNamespace(namespace).withName(NAME).get();
    }

    /** Returns what a Lease says. */
    static LeaseRule.Seen seen(Lease lease) {
        return new LeaseRule.Seen(
                Optional.ofNullable(lease.getSpec().getHolderIdentity()).orElse(""),
                Optional.ofNullable(lease.getSpec().getLeaseDurationSeconds())
                        .map(Duration::ofSeconds)
                        .orElse(LeaseRule.LASTS),
                lease.getMetadata().getResourceVersion());
    }

    /** Returns where a Lease's holder serves; empty when it does not say. */
    static String address(Lease lease) {
        return Optional.ofNullable(lease.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(ADDRESS))
                .orElse("");
    }

    /**
     * Writes who holds the Lease.
     *
     * @param before as it was read; null when there was none
     * @param holder who; empty to release it
     * @return false if somebody else was faster
     */
    boolean write(@Nullable Lease before, String holder) {
        ZonedDateTime now = clock.instant().atZone(ZoneOffset.UTC);
        LeaseSpec was = before == null ? new LeaseSpec() : before.getSpec();
        boolean renewal = holder.equals(was.getHolderIdentity());
        int changes = Optional.ofNullable(was.getLeaseTransitions()).orElse(0);
        LeaseBuilder next = before == null
                ? new LeaseBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(NAME)
                        .endMetadata()
                : new LeaseBuilder(before);
        Lease lease = next.editMetadata()
                .addToAnnotations(ADDRESS, holder.isEmpty() ? "" : address)
                .endMetadata()
                .editOrNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds((int) LeaseRule.LASTS.toSeconds())
                .withRenewTime(now)
                .withAcquireTime(renewal ? was.getAcquireTime() : now)
                .withLeaseTransitions(renewal || holder.isEmpty() || before == null ? changes : changes + 1)
                .endSpec()
                .build();
        meters.counter("dialplane.operator.writes", "verb", before == null ? "create" : "update", "resource", "leases")
                .increment();
        try {
            if (before == null) {
                client.resource(lease).create();
            } else {
                client.resource(lease).update();
            }
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                return false;
            }
            throw e;
        }
    }
}
