package dev.dialplane.gateway.call;

import dev.dialplane.contracts.agent.v1.CallSummary;
import dev.dialplane.contracts.common.v1.Cause;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a call ends, and what its agent says of it. The first cause counts: what follows from it is none. For the call's home
 * thread.
 */
final class Ending {
    private @Nullable Cause cause;
    private @Nullable CallSummary summary;
    private boolean fromWatch;
    /** What the agent's watch said it wants to be rid of, while its stream still seemed to be there. */
    private @Nullable CallSummary waiting;

    /** Whether the call is to end. */
    boolean begun() {
        return cause != null;
    }

    void because(Cause why) {
        if (cause == null) {
            cause = why;
        }
    }

    /** The agent's cause; it hung up if it names none. */
    void becauseAgentSays(Cause why) {
        because(why == Cause.CAUSE_UNSPECIFIED ? Cause.CAUSE_AGENT_HUNG_UP : why);
    }

    /** The caller is put through: that is why the call ends, whatever was to be before. */
    void transferred() {
        cause = Cause.CAUSE_TRANSFERRED;
    }

    Cause causeOr(Cause otherwise) {
        return Objects.requireNonNullElse(cause, otherwise);
    }

    /** What the agent says of the call; null before it has. */
    @Nullable
    CallSummary summary() {
        return summary;
    }

    /** Whether the summary came by the agent's watch, which is where it is acknowledged then. */
    boolean fromWatch() {
        return fromWatch;
    }

    void summarized(CallSummary said, boolean byWatch) {
        summary = said;
        fromWatch = byWatch;
        becauseAgentSays(said.getCause());
    }

    /** The agent's watch has a summary. */
    void waits(CallSummary held) {
        waiting = held;
    }

    /** What waits at the agent's watch; null if nothing does. */
    @Nullable
    CallSummary waiting() {
        return waiting;
    }

    /** Gives away what waits at the agent's watch. */
    @Nullable
    CallSummary takeWaiting() {
        CallSummary held = waiting;
        waiting = null;
        return held;
    }
}
