package dev.dialplane.operator.session;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.crds.session.CallSessionStatus.Phase;
import java.util.Locale;

/** How a call's end is spelled and what it means for the session's phase. */
public final class Causes {

    /** A person wrote an inbound session. */
    public static final String NOT_BY_HAND = "NotByHand";

    /** No gateway places calls. */
    public static final String OUTBOUND_NOT_CONFIGURED = "OutboundNotConfigured";

    private static final String PREFIX = "CAUSE_";

    private Causes() {}

    /** Spells a cause as in {@code status.cause}; one that is newer than this operator by its number. */
    public static String spell(Cause cause, int number) {
        if (cause == Cause.UNRECOGNIZED || cause == Cause.CAUSE_UNSPECIFIED) {
            return "Cause" + number;
        }
        StringBuilder words = new StringBuilder();
        for (String word : cause.name().substring(PREFIX.length()).split("_", -1)) {
            words.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }

    /** Returns the phase that a cause ends in: the contract numbers them in three ranges. */
    public static Phase phase(int number) {
        return number >= 40 ? Phase.Refused : number >= 20 || number == 0 ? Phase.Failed : Phase.Completed;
    }
}
