package dev.dialplane.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;

/** The operator's configuration; the package describes each property. */
@ConfigMapping(prefix = "dialplane.operator")
public interface OperatorConfig {

    /** Where agents and the operator find inference, host:port. */
    @WithDefault("dialplane-inference:7080")
    String inference();

    /** Who may attach, {@code namespace/name}. */
    @WithDefault("dialplane-system/dialplane-gateway")
    List<String> gatewayServiceAccounts();

    /** The audience that a gateway's token must have. */
    @WithDefault("dialplane-operator")
    String audience();

    /** Who this operator is among several: its pod, so that one that is started again in it need not wait for itself. */
    String identity();

    /** Where the Lease is by which operators elect their leader. */
    String namespace();

    /** After how long an idle agent may be evicted. */
    @WithDefault("5m")
    Duration evictableAfter();

    /** How many ended sessions are kept at most, in the whole cluster. */
    @WithDefault("20000")
    int retainedSessions();

    /** The least time between two writes of a pool's status when no condition flips. */
    @WithDefault("5s")
    Duration statusInterval();
}
