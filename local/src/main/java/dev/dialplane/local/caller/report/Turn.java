package dev.dialplane.local.caller.report;

import org.jspecify.annotations.Nullable;

/** One side's turn. Times in ms since the carrier's start message. */
public sealed interface Turn {
    /** When its first sound was to be heard. */
    double startMs();

    /** When its last one was. */
    double endMs();

    /**
     * The caller's.
     *
     * @param text as the agent understood it; empty if it did not
     * @param reference what was said, or null if nobody wrote it down
     * @param words how well it was understood, or null without a reference
     * @param heardMs where the agent says that it heard this, or null if it did not
     * @param agentSilentAfterMs if the agent spoke when this began: from its true onset to the agent's last sample
     */
    record Caller(
            String text,
            double startMs,
            double endMs,
            @Nullable String reference,
            @Nullable WordErrors words,
            @Nullable Heard heardMs,
            @Nullable Double agentSilentAfterMs)
            implements Turn {}

    /** A stretch of time as the agent counts it. */
    record Heard(double startMs, double endMs) {}

    /**
     * The agent's.
     *
     * @param text as far as it was heard
     * @param meant all of it
     * @param interrupted whether the caller cut it off
     * @param response how long the caller waited for it, or null if it answers nothing
     */
    record Agent(
            String text,
            String meant,
            double startMs,
            double endMs,
            boolean interrupted,
            @Nullable Response response,
            String servedBy)
            implements Turn {}

    /**
     * From the true end of the caller's speech to the first frame of the reply at the caller's socket, in ms.
     *
     * @param totalMs measured by the caller
     * @param silenceMs as the agent recorded it, like the next three
     * @param oursMs what is left of the total
     * @param agentTotalMs the total that the agent recorded
     */
    record Response(
            double totalMs,
            double silenceMs,
            double sttMs,
            double llmMs,
            double ttsMs,
            double oursMs,
            double agentTotalMs) {
        /** By how much the caller's total is longer than the agent's. */
        public double differenceMs() {
            return totalMs - agentTotalMs;
        }
    }
}
