package dev.dialplane.e2e.simulation;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway tells of a call, and keeps until it is acknowledged.
 *
 * @param gateway who tells
 * @param fence of the call
 * @param seq from 1 within a fence
 * @param carrierCallId what the carrier calls the call
 * @param podUid whose agent it is; empty if it has none
 * @param what happened
 * @param cause why it ended; null as long as it has not
 */
record News(
        String gateway,
        Fence fence,
        int seq,
        String carrierCallId,
        String podUid,
        What what,
        @Nullable Cause cause) {

    /** What there is to tell. */
    enum What {
        ANSWERED,
        MOVED,
        ENDED,
        REFUSED
    }

    /** The same for the same event, however often it is told. */
    String id() {
        return gateway + "/" + fence.getCallId() + "/" + fence.getAttempt() + "/" + seq;
    }

    boolean ends() {
        return what == What.ENDED || what == What.REFUSED;
    }
}
