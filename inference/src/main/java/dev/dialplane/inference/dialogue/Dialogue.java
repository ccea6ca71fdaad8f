package dev.dialplane.inference.dialogue;

import dev.dialplane.inference.timing.Cancellable;

/** A model that speaks for the agent. One serves every call. */
@FunctionalInterface
public interface Dialogue {
    /**
     * Begins the agent's next turn; returns at once.
     *
     * @param sink gets the pieces, one call to it at a time, on any thread; nothing after the returned handle is cancelled
     */
    Cancellable reply(ReplyRequest request, ReplySink sink);
}
