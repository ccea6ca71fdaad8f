package dev.dialplane.agent.life;

import dev.dialplane.agent.offer.CallFence;

/** Where an agent is in its life. */
public sealed interface State {
    /** Serving, never prepared. */
    record Starting() implements State {}

    /** Has inference prepare a spec. */
    record Preparing(String hash) implements State {}

    /** Prepared and free. */
    record Idle() implements State {}

    /** Accepted an offer that Converse has not taken up. */
    record Offered(CallFence fence) implements State {}

    /** In a call, with or without its stream. */
    record Active(CallFence fence) implements State {}

    /** The call is over, its summary is not taken. */
    record Wrapping(CallFence fence) implements State {}

    /** Drops what is left of the call, and checks that nothing is. */
    record Resetting() implements State {}

    /** Takes no call any more and is about to exit with status 0. */
    record Retiring() implements State {}

    /** The process is to exit with this status, for this reason. */
    record Gone(int status, String why) implements State {}
}
