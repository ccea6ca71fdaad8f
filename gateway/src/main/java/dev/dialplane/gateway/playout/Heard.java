package dev.dialplane.gateway.playout;

/** How a position is known. */
public enum Heard {
    /** The carrier acknowledged it. */
    PLAYED,
    /** The clock says so. */
    ESTIMATED,
    /** What comes after it was thrown away. */
    CLEARED
}
