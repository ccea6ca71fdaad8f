package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.agent.v1.AgentGrpc.AgentStub;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import java.util.List;

/** How the search for an agent ended. */
public sealed interface BindOutcome {
    /**
     * An agent accepted.
     *
     * @param pool whose agent it is: the overflow pool's, perhaps
     * @param stub to open its stream with
     * @param acceptedUnixMs when
     * @param declinedBy the pods of agents that should have taken it before, and did not
     */
    record Bound(
            Fence fence,
            PoolRef pool,
            String podUid,
            String podName,
            AgentStub stub,
            long acceptedUnixMs,
            long waitedMs,
            List<String> declinedBy)
            implements BindOutcome {}

    /**
     * The call is known here, and was asked for in another way: whoever asks now is not, or no longer, the one to ask.
     *
     * @param field what differs
     */
    record Conflict(String callId, String field, String detail) implements BindOutcome {}

    /**
     * Nobody did.
     *
     * @param declinedBy the pods of agents that should have taken it, and did not
     */
    record Refused(PoolRef pool, Cause cause, String detail, long waitedMs, List<String> declinedBy)
            implements BindOutcome {}
}
