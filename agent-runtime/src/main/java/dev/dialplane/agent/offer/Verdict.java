package dev.dialplane.agent.offer;

import dev.dialplane.contracts.agent.v1.BusyReason;

/** The answer to an offer. */
public sealed interface Verdict {
    /** The call is this agent's, from now until the offer expires. */
    record Accepted() implements Verdict {}

    /** An accepted offer, said again: nothing changes but, where a reservation goes live, how long it holds. */
    record AcceptedAgain() implements Verdict {}

    /** The call in progress, whose gateway is lost or was overtaken, goes on under a higher attempt. */
    record TakesOver() implements Verdict {}

    /** Not this agent; {@code detail} is for people. */
    record Refused(BusyReason reason, String detail) implements Verdict {}
}
