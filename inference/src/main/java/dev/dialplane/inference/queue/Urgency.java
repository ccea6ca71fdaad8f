package dev.dialplane.inference.queue;

/** What waits for a result; the more urgent goes first. */
public enum Urgency {
    /** A caller hears silence until it is done: a final transcript, a reply's first clause. */
    CALLER_WAITS,
    /** A caller will need it soon: a later clause. */
    SOON,
    /** Nobody misses it yet: a partial transcript, a phrase rendered ahead. Leaves a core to the others. */
    AHEAD
}
