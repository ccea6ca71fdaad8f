package dev.dialplane.gateway.call;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.gateway.ingress.Ingress;
import dev.dialplane.gateway.playout.Playout;

/** What is counted of calls. */
public interface CallMetrics {
    /** An agent took a call that long after its media was there. */
    void bound(long nanos);

    /** A call was answered. */
    void answered(String carrier);

    /** Another agent took a call over that long after the one before was lost. */
    void movedOn(long nanos);

    /** A call that was answered has ended. */
    void ended(String carrier, Cause cause, long milliseconds, Ingress ingress, Playout playout);

    /** A call was refused or abandoned. */
    void refused(Cause cause);

    /** A reply reached the wire that long after the caller had finished. */
    void replied(long milliseconds);

    /** A message of the carrier's was dropped. */
    void carrierFault(String carrier, String cause);
}
