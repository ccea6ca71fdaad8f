package dev.dialplane.e2e.invariants;

import org.jspecify.annotations.Nullable;

/**
 * A CallSession as a watch showed it.
 *
 * @param uid the object's
 * @param name namespace/name
 * @param carrierCallId what the carrier calls the call
 * @param callId what the gateway calls it
 * @param ended whether its phase is an end
 * @param refused whether that end is that nobody answered: such a call has no end-of-call event
 * @param cause null as long as it has none
 */
public record SessionSeen(
        String uid,
        String name,
        String carrierCallId,
        String callId,
        boolean ended,
        boolean refused,
        @Nullable String cause) {}
