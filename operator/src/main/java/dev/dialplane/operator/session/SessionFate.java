package dev.dialplane.operator.session;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.session.CallSession;
import dev.dialplane.crds.session.CallSessionSpec.Direction;
import dev.dialplane.crds.session.CallSessionStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of a session: a function of the session and the time. */
sealed interface SessionFate {

    /** Its events will tell. */
    record Leave() implements SessionFate {}

    /** Somebody wants its call to end. */
    record HangUp() implements SessionFate {}

    /** It will never be a call. */
    record Fail(String cause, String message) implements SessionFate {}

    /**
     * It is over, and stays for a while.
     *
     * @param end when its call ended
     * @param until how long it stays
     */
    record Over(Instant end, Instant until) implements SessionFate {}

    /**
     * Decides.
     *
     * @param session as it is
     * @param ourOwn whether the operator wrote it
     * @param now the time
     */
    static SessionFate decide(CallSession session, boolean ourOwn, Instant now) {
        CallSessionStatus.Phase phase = phase(session);
        if (phase != null && phase.ended()) {
            return over(session, now);
        }
        if (session.getSpec().direction() == Direction.Outbound) {
            return new Fail(
                    Causes.OUTBOUND_NOT_CONFIGURED,
                    "no gateway places calls: outbound calling is not configured, so nothing was dialed");
        }
        if (!ourOwn) {
            return new Fail(
                    Causes.NOT_BY_HAND,
                    "sessions of direction Inbound are written by the operator from calls that came; to place a call,"
                            + " create one of direction Outbound");
        }
        return session.getSpec().hangUp() ? new HangUp() : new Leave();
    }

    /** Returns a session's phase; null as long as it has none. */
    static CallSessionStatus.@Nullable Phase phase(CallSession session) {
        CallSessionStatus status = session.getStatus();
        return status == null ? null : status.phase();
    }

    /** Returns whether a session's call is over. */
    static boolean ended(CallSession session) {
        CallSessionStatus.Phase phase = phase(session);
        return phase != null && phase.ended();
    }

    /** Returns how long an ended session stays. */
    static Over over(CallSession session, Instant now) {
        Instant end = end(session, now);
        return new Over(end, end.plus(DurationText.parse(session.getSpec().ttlAfterEnd())));
    }

    /** Returns when it ended, or when it was written if that was later: a record that came late stays as long. */
    private static Instant end(CallSession session, Instant now) {
        Instant written = Instant.parse(session.getMetadata().getCreationTimestamp());
        String end = session.getStatus() == null ? null : session.getStatus().endTime();
        Instant ended = end == null ? now : Instant.parse(end);
        return ended.isAfter(written) ? ended : written;
    }
}
