package dev.dialplane.gateway.events;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.LiveCall;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The calls that this gateway holds now, and the sessions that the operator keeps for them. */
public final class LiveCalls {
    private final Map<String, LiveCall> calls = new ConcurrentHashMap<>();

    /** A call was answered. */
    public void add(Fence fence, PoolRef pool, String podUid) {
        calls.put(
                fence.getCallId(),
                LiveCall.newBuilder()
                        .setFence(fence)
                        .setPool(pool)
                        .setPodUid(podUid)
                        .build());
    }

    /** Another agent has it. */
    public void moved(Fence fence, String podUid) {
        calls.computeIfPresent(
                fence.getCallId(),
                (id, call) -> call.toBuilder().setFence(fence).setPodUid(podUid).build());
    }

    /** The operator has a session for it. */
    public void session(Fence fence, String uid, String name) {
        calls.computeIfPresent(
                fence.getCallId(),
                (id, call) ->
                        call.toBuilder().setSessionUid(uid).setSessionName(name).build());
    }

    /** The session of a call; empty when none is known. */
    public String sessionUid(String callId) {
        @Nullable LiveCall call = calls.get(callId);
        return call == null ? "" : call.getSessionUid();
    }

    /** A call has ended. */
    public void remove(String callId) {
        calls.remove(callId);
    }

    /** All of them. */
    public List<LiveCall> all() {
        return List.copyOf(calls.values());
    }
}
