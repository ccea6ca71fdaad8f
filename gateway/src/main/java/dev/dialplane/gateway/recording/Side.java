package dev.dialplane.gateway.recording;

/** Who is heard: the channels of a recording, in their order. */
enum Side {
    /** Left. */
    CALLER,
    /** Right. */
    AGENT
}
