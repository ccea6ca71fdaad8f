package dev.dialplane.e2e.invariants;

/**
 * Something that must never be.
 *
 * @param rule the rule that was broken
 * @param detail what broke it
 */
public record Violation(Rule rule, String detail) {
    /** What must hold. */
    public enum Rule {
        /** No agent holds two calls. */
        AGENT_HOLDS_TWO_CALLS,
        /** No call is held by two agents. */
        CALL_HELD_BY_TWO_AGENTS,
        /** No busy agent is deleted. */
        BUSY_AGENT_DELETED,
        /** Every call ends with a cause, and that cause is true and stays. */
        NO_TRUE_CAUSE,
        /** Every ended call has a session. */
        NO_SESSION,
        /** And exactly one. */
        SECOND_SESSION,
        /** Until its time is over. */
        SESSION_GONE_EARLY,
        /** Every call that was answered has an end-of-call event. */
        NO_END_EVENT,
        /** And exactly one. */
        SECOND_END_EVENT
    }

    @Override
    public String toString() {
        return rule + ": " + detail;
    }
}
