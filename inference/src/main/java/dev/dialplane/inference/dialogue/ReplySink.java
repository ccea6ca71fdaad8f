package dev.dialplane.inference.dialogue;

import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.failure.ModelException;

/** Takes a reply piece by piece; ends with either {@link #done} or {@link #failed}. */
public interface ReplySink {
    void text(String piece);

    void toolCall(ToolCallDelta delta);

    void action(Action action);

    void done(ReplyDone done);

    void failed(ModelException failure);
}
