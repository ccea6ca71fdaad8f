package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.OfferKind;
import dev.dialplane.contracts.common.v1.AudioFormat;
import dev.dialplane.contracts.common.v1.CarrierCapabilities;
import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.PoolRef;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that wants an agent.
 *
 * @param callId the call
 * @param attempt of the first offer; each further agent gets a higher one
 * @param pool who should answer
 * @param kind whether media is there already
 * @param terms what every offer of this call says
 * @param patience how long the carrier lets it wait; the pool's own bound holds too
 * @param expiry how long an accepted offer waits for its stream
 * @param checkpoint where an agent that is lost left the conversation; null at its beginning
 */
public record BindRequest(
        String callId,
        int attempt,
        PoolRef pool,
        OfferKind kind,
        Terms terms,
        Duration patience,
        Duration expiry,
        @Nullable Checkpoint checkpoint) {

    /** A call that begins. */
    public BindRequest(
            String callId, int attempt, PoolRef pool, OfferKind kind, Terms terms, Duration patience, Duration expiry) {
        this(callId, attempt, pool, kind, terms, patience, expiry, null);
    }

    /** The same call, which looks for another agent. */
    public BindRequest again(int nextAttempt, @Nullable Checkpoint from) {
        return new BindRequest(callId, nextAttempt, pool, kind, terms, patience, expiry, from);
    }

    /** What an agent has to know of the call before it answers. */
    public record Terms(
            Direction direction,
            CarrierCapabilities carrier,
            AudioFormat in,
            AudioFormat out,
            Map<String, String> variables,
            Duration reconnectGrace) {}
}
