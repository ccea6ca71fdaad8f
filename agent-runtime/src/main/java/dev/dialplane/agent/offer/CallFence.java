package dev.dialplane.agent.offer;

import dev.dialplane.contracts.common.v1.Fence;

/**
 * Which attempt of which call: who may speak for it.
 *
 * @param callId unique in the cluster for good
 * @param attempt from 1, raised by every retry
 */
public record CallFence(String callId, int attempt) {
    /** The fence as it is on the wire; unset fields become an empty id and attempt 0. */
    public static CallFence of(Fence fence) {
        return new CallFence(fence.getCallId(), fence.getAttempt());
    }

    /** As it goes on the wire. */
    public Fence toProto() {
        return Fence.newBuilder().setCallId(callId).setAttempt(attempt).build();
    }

    /** Whether the other is an attempt of the same call. */
    public boolean sameCall(CallFence other) {
        return callId.equals(other.callId);
    }

    @Override
    public String toString() {
        return callId + "/" + attempt;
    }
}
