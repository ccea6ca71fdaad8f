package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.BusyReason;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import dev.dialplane.contracts.agent.v1.OfferResponse;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.gateway.token.CallTokens;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an offer says, and what its answer means. */
final class Offers {
    /** A call token outlives the longest call by this. */
    private static final Duration TOKEN_SLACK = Duration.ofMinutes(5);

    private static final long NO_LIMIT_MS = Duration.ofHours(24).toMillis();

    private Offers() {}

    static OfferRequest of(
            BindRequest request,
            Fence fence,
            AgentLink link,
            PoolRef pool,
            CallTokens tokens,
            InstantSource clock,
            Pool spec) {
        long longest = spec.getMaxDurationMs() > 0 ? spec.getMaxDurationMs() : NO_LIMIT_MS;
        long tokenExpires = clock.millis() + longest + request.expiry().toMillis() + TOKEN_SLACK.toMillis();
        BindRequest.Terms terms = request.terms();
        OfferRequest.Builder offer = OfferRequest.newBuilder()
                .setFence(fence)
                .setPodUid(link.podUid())
                .setKind(request.kind())
                .setExpiresInMs((int) request.expiry().toMillis())
                // What it is prepared for: an agent behind the present spec is only asked when there is no other.
                .setSpecHash(link.state().getPreparedHash())
                .putAllVariables(terms.variables())
                .setCarrier(terms.carrier())
                .setFormatIn(terms.in())
                .setFormatOut(terms.out())
                .setCallToken(tokens.forCall(fence, pool, link.podUid(), tokenExpires))
                .setDirection(terms.direction())
                .setPool(pool)
                .setReconnectGraceMs((int) terms.reconnectGrace().toMillis());
        if (request.checkpoint() != null) {
            offer.setCheckpoint(request.checkpoint());
        }
        return offer.build();
    }

    /** An answer's name, for counting. */
    static String nameOf(@Nullable OfferResponse response, @Nullable Throwable failure) {
        if (failure != null || response == null) {
            return failure == null
                    ? "none"
                    : Status.fromThrowable(failure).getCode().name().toLowerCase(Locale.ROOT);
        }
        return response.getAccepted()
                ? "accepted"
                : response.getBusyReason()
                        .name()
                        .substring("BUSY_REASON_".length())
                        .toLowerCase(Locale.ROOT);
    }

    /** Whether the answer does not come from the agent's phase, so that its watch will not explain it. */
    static boolean isPuzzling(@Nullable OfferResponse response, @Nullable Throwable failure) {
        if (failure != null || response == null) {
            return true;
        }
        BusyReason reason = response.getBusyReason();
        return reason == BusyReason.BUSY_REASON_BAD_OFFER
                || reason == BusyReason.BUSY_REASON_OTHER_POD
                || reason == BusyReason.BUSY_REASON_OLD_ATTEMPT
                || reason == BusyReason.BUSY_REASON_CONFLICT
                || reason == BusyReason.BUSY_REASON_UNSPECIFIED;
    }
}
