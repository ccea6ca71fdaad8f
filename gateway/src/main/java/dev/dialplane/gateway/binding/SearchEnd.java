package dev.dialplane.gateway.binding;

/** How a search for an agent ended, for counting. */
public enum SearchEnd {
    /** An agent was there: the first pool, no waiting. */
    WARM,
    /** The call had to wait for one. */
    WAITED,
    /** An agent of another pool took it. */
    OVERFLOWED,
    REFUSED,
    /** Whoever asked was gone before there was an outcome. */
    ABANDONED,
    /** The call was asked for in another way before. */
    CONFLICT
}
