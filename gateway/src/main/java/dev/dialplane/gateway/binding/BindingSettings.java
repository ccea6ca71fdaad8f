package dev.dialplane.gateway.binding;

import java.time.Duration;

/**
 * Figures of binding.
 *
 * @param gatewayId this process, for good
 * @param gatewayName for the agents' logs
 * @param zone this gateway's, or empty
 * @param offerDeadline after how long without an answer the next agent is asked, too
 * @param offerPatience how long a slow answer is still waited for
 * @param prepareDeadline how long it may take to prepare
 * @param preparations how many of a pool prepare at once
 * @param others agents of a pool to stay connected to beyond those that must be; see {@link Reach}
 */
public record BindingSettings(
        String gatewayId,
        String gatewayName,
        String zone,
        Duration offerDeadline,
        Duration offerPatience,
        Duration prepareDeadline,
        int preparations,
        int others) {}
