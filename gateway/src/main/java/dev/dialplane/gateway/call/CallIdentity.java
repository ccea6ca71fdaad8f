package dev.dialplane.gateway.call;

import dev.dialplane.contracts.common.v1.Direction;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.CallEvent;

/**
 * What a call is known by outside.
 *
 * @param callId ours
 * @param pool that it was for
 * @param party the other side's number, masked
 * @param requested when the carrier asked, unix ms
 */
public record CallIdentity(
        String callId,
        PoolRef pool,
        Direction direction,
        String carrier,
        String account,
        String carrierCallId,
        String party,
        long requested) {

    /** An event's common fields. */
    public CallEvent.Builder event(int attempt, long seq, long unixMs) {
        return CallEvent.newBuilder()
                .setFence(Fence.newBuilder().setCallId(callId).setAttempt(attempt))
                .setSeq(seq)
                .setTimeUnixMs(unixMs)
                .setPool(pool)
                .setDirection(direction)
                .setCarrier(carrier)
                .setAccount(account)
                .setCarrierCallId(carrierCallId)
                .setParty(party);
    }
}
