package dev.dialplane.inference.dialogue;

import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.inference.model.PreparedSpec;

/**
 * What the agent's next turn is made from.
 *
 * @param callId shares its place in queues with the call's other requests
 * @param spec what was prepared under the request's hash
 */
public record ReplyRequest(String callId, GenerateRequest request, PreparedSpec spec) {}
