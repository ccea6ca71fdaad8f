package dev.dialplane.inference.dialogue;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.Expecting;

/**
 * How a reply ended.
 *
 * @param state comes back with the call's next request
 * @param inputTokens as the model counts; 0 if it has no tokens
 * @param truncated cut by the request's limit of tokens
 * @param queueMs waited before the model began
 * @param sensitive the reply, or what the caller is to say to it, holds what is not to be kept
 */
public record ReplyDone(
        ByteString state,
        int inputTokens,
        int outputTokens,
        boolean truncated,
        Expecting expecting,
        int queueMs,
        boolean sensitive) {

    /** A reply that may be kept. */
    public ReplyDone(
            ByteString state, int inputTokens, int outputTokens, boolean truncated, Expecting expecting, int queueMs) {
        this(state, inputTokens, outputTokens, truncated, expecting, queueMs, false);
    }
}
