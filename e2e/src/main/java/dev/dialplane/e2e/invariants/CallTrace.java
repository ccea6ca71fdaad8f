package dev.dialplane.e2e.invariants;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was seen of one call. */
final class CallTrace {
    /** Ends that a caller who hung up may see too: the caller was quicker than what was on its way. */
    private static final Set<String> OF_A_CALLER = Set.of("CallerHungUp", "Abandoned");

    private static final Set<String> OF_A_BROKEN_LINE =
            Set.of("GatewayLost", "AgentLost", "CarrierError", "CallerHungUp", "Abandoned");

    final String carrierCallId;

    @Nullable
    String callId;
    /** The agents that hold it now. */
    final Set<String> holders = new HashSet<>();
    /** The UIDs of its sessions: one, if all is well. */
    final Set<String> sessions = new HashSet<>();

    final Set<String> endEvents = new HashSet<>();
    boolean answered;
    long lineEndedAt = -1;
    boolean byCaller;
    boolean gatewayDied;

    /** Its agent was gone while its line was up: whether the caller or the gateway gives up first, the agent is lost. */
    boolean agentDied;

    /** Its session says that nobody answered: a caller may leave after the agent has opened and before the gateway knows. */
    boolean refused;

    @Nullable
    String cause;

    long sessionEndedAt = -1;

    CallTrace(String carrierCallId) {
        this.carrierCallId = carrierCallId;
    }

    /** Nothing more is to come of it. */
    boolean settled(boolean withEvents) {
        return lineEndedAt >= 0 && cause != null && !(withEvents && awaitsEndEvent());
    }

    /** Whether an end-of-call event is still to come. */
    boolean awaitsEndEvent() {
        return answered && !refused && endEvents.isEmpty();
    }

    /** Why that cause cannot be; empty if it can. */
    String untrue(String said) {
        if (said.isEmpty()) {
            return "that is no cause";
        }
        if (gatewayDied && !OF_A_BROKEN_LINE.contains(said)) {
            return "its gateway was killed";
        }
        if (agentDied && said.equals("AgentLost")) {
            return "";
        }
        if (lineEndedAt >= 0 && byCaller && !gatewayDied && answered && !OF_A_CALLER.contains(said)) {
            return "the caller hung up";
        }
        if (said.equals("CallerHungUp") && lineEndedAt >= 0 && !byCaller && !gatewayDied) {
            return "the caller did not hang up";
        }
        return "";
    }

    @Override
    public String toString() {
        return "call " + carrierCallId + (callId == null ? "" : " (" + callId + ")");
    }
}
