package dev.dialplane.operator.pool;

/** What an agent does, as its gateways heard it from the agent itself. */
public enum AgentPhase {
    /** No gateway has told. */
    Unknown,
    /** Not prepared for the pool's agent yet. */
    Preparing,
    /** Prepared and free. */
    Idle,
    /** Promised to a call, in one, or cleaning up after one. */
    Busy,
    /** On its way out. */
    Retiring
}
