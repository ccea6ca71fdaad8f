package dev.dialplane.operator.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When an agent is given up. An agent that may hold a call is, only if two who cannot know it from each other say so for
 * a while: its node or its pod's own conditions on the one side, the gateways on the other.
 */
public final class LossRule {

    /** A kubelet that is there and has not ended a pod so long after its grace never will. */
    static final Duration STUCK_AFTER = Duration.ofMinutes(5);

    private LossRule() {}

    /** How a node is. */
    public enum NodeState {
        /** Its kubelet reports, or nothing is known of it. */
        Fine,
        /** Its kubelet has not reported for longer than its lease. */
        Silent,
        /** It was removed from the cluster. */
        Gone
    }

    /**
     * What is known of an agent.
     *
     * @param pod its pod
     * @param mayTalk whether it may hold a call: it was last heard in one, or not heard at all
     * @param heard whether a gateway has ever reached it: it may hold a call before its pod is written down as ready
     * @param left whether it agreed to leave
     * @param node how its node is
     * @param nodeSince since when
     * @param unreachedSince since when gateways say that they do not reach it and none says that it does; null while
     *     one does, and while none says anything
     * @param othersReached whether gateways reach any other agent, so that it is not they who are cut off
     */
    public record Evidence(
            AgentPod pod,
            boolean mayTalk,
            boolean heard,
            boolean left,
            NodeState node,
            Instant nodeSince,
            @Nullable Instant unreachedSince,
            boolean othersReached) {}

    /**
     * How patient to be.
     *
     * @param hold how long a sign must last
     * @param longestCall how long a call may last
     */
    public record Patience(Duration hold, Duration longestCall) {}

    /** What becomes of an agent. */
    public sealed interface Verdict {

        /** Nothing is wrong. */
        record Keep() implements Verdict {}

        /** Something is wrong, and not for long enough or not by all accounts. */
        record Doubt() implements Verdict {}

        /** It is of no use: its pod is told to go, and a call that it may yet hold ends first. */
        record Replace(String why) implements Verdict {}

        /** It is lost, and its kubelet is there to end what is left of it. */
        record Stop(String why) implements Verdict {}

        /** It is lost with its node: its pod is removed, because nobody else will. */
        record Remove(String why) implements Verdict {}
    }

    /** Judges an agent. */
    public static Verdict judge(Evidence seen, Patience patience, Instant now) {
        AgentPod pod = seen.pod();
        boolean nodeLost = seen.node() != NodeState.Fine && past(seen.nodeSince(), patience.hold(), now);
        boolean unreached = past(seen.unreachedSince(), patience.hold(), now);
        boolean began = pod.everReady() || seen.heard();
        boolean callPossible = began && pod.life() != AgentPod.Life.Ended && !seen.left();
        Duration overdue = nodeLost ? patience.hold() : STUCK_AFTER;
        if (nodeLost && (!callPossible || unreached)) {
            return new Verdict.Remove(lost(seen.node()));
        }
        if (past(pod.signs().deleteBy(), overdue, now)) {
            return new Verdict.Remove("it should have been gone %d s ago".formatted(overdue.toSeconds()));
        }
        boolean settled = pod.everReady() && !pod.deleting();
        if (!settled || !callPossible || seen.node() != NodeState.Fine || !unreached) {
            return doubtful(seen) ? new Verdict.Doubt() : new Verdict.Keep();
        }
        if (pod.life() == AgentPod.Life.Unready) {
            return past(pod.signs().changed(), patience.hold(), now)
                    ? new Verdict.Stop("its pod is not ready and no gateway reaches it")
                    : new Verdict.Doubt();
        }
        // Its pod is well by its own account, so that a call on it would be cut off for one side's word. The longest
        // call is over some time.
        boolean useless = !seen.mayTalk() || past(seen.unreachedSince(), patience.longestCall(), now);
        return useless && seen.othersReached()
                ? new Verdict.Replace("its pod is ready, but no gateway reaches it")
                : new Verdict.Doubt();
    }

    private static boolean doubtful(Evidence seen) {
        return seen.node() != NodeState.Fine
                || seen.unreachedSince() != null
                || seen.pod().deleting()
                || seen.pod().life() == AgentPod.Life.Unready;
    }

    private static String lost(NodeState node) {
        return node == NodeState.Gone ? "its node is gone" : "its node does not report any more";
    }

    private static boolean past(@Nullable Instant since, Duration time, Instant now) {
        return since != null && !since.plus(time).isAfter(now);
    }
}
