package dev.dialplane.e2e.node;

/**
 * What agents see on the wire, as it happens. Called with an agent's lock held, from many threads: must not block.
 * Calls are named by what the carrier calls them, as the load generator passes it on.
 */
public interface WireObserver {
    /** An agent accepted an offer. */
    void accepted(String podUid, String callId, int attempt, String carrierCallId);

    /**
     * The conversation opened: the call is this agent's.
     *
     * @param atNanos {@link System#nanoTime()}, which all processes of a Linux machine share
     */
    void opened(String podUid, String callId, boolean alone, long atNanos);

    /** The agent holds the call no more. */
    void released(String podUid, String callId);

    /** The API shows that a pod is being deleted or gone. No agent's lock is held then. */
    default void podDeleted(String podUid, String name) {}
}
