package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.PoolRef;
import org.jspecify.annotations.Nullable;

/** Somebody who calls: the carrier's side of a call. */
final class Caller {
    final String carrierCallId;
    final PoolRef pool;
    /** When the line opened. */
    final long since;
    /** When the caller hangs up, whatever has become of the call. */
    final long until;

    /** Whether something was broken when it began, or lately. */
    final boolean troubled;

    /** Who has the line; null once it is down. */
    SimulatedGateway.@Nullable Line line;

    boolean over;

    Caller(String carrierCallId, PoolRef pool, long since, long until, boolean troubled) {
        this.carrierCallId = carrierCallId;
        this.pool = pool;
        this.since = since;
        this.until = until;
        this.troubled = troubled;
    }
}
