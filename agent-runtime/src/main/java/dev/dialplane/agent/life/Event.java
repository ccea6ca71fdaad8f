package dev.dialplane.agent.life;

import dev.dialplane.agent.offer.CallFence;

/** What happens to an agent. */
public sealed interface Event {
    /** A gateway brings a spec that the agent is not prepared for. */
    record PrepareAsked(String hash) implements Event {}

    /** Inference has everything ready. */
    record Prepared() implements Event {}

    /** Inference has not. */
    record PrepareFailed() implements Event {}

    /** An offer was accepted; of a call in progress too, when a higher attempt takes it over. */
    record OfferAccepted(CallFence fence) implements Event {}

    /** Nobody will take the offer up. */
    record OfferReleased(CallFence fence) implements Event {}

    /** Converse began with the fence that is held. */
    record ConverseBegan(CallFence fence) implements Event {}

    /** The call is over for the agent: its summary is made. */
    record CallEnded() implements Event {}

    /** A gateway has the summary on disk. */
    record SummaryTaken(CallFence fence) implements Event {}

    /** The call's object graph is gone, and the check found nothing left. */
    record ResetClean() implements Event {}

    /** The check found something. */
    record ResetDirty(String what) implements Event {}

    /** The operator wants it to leave, if it is free. */
    record RetireAsked() implements Event {}

    /** The process was told to end (SIGTERM): as soon as the call is over. */
    record Terminated() implements Event {}

    /** The present state's time is up. */
    record DeadlinePassed() implements Event {}
}
