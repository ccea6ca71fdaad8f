package dev.dialplane.operator.pool;

import dev.dialplane.operator.pool.LossRule.NodeState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a node. Times are the operator's own: a node's clock may be off, so that its lease is old once it has
 * not changed for as long as it lasts, whatever it says. A value.
 *
 * @param there whether the node is in the cluster
 * @param thereSince since when it is, or is not
 * @param ready whether its condition says that it is ready
 * @param readySince since when it does, or does not
 * @param drained whether it takes no more pods, because somebody empties it
 * @param drainedSince since when it does, or does not
 * @param renewal what its lease said when it was last read; empty when it has none or was not read
 * @param renewalSince since when it says so
 * @param lease how long a renewal lasts
 */
record NodeSigns(
        boolean there,
        Instant thereSince,
        boolean ready,
        Instant readySince,
        boolean drained,
        Instant drainedSince,
        String renewal,
        Instant renewalSince,
        Duration lease) {

    /** What a kubelet's lease lasts unless it says otherwise. */
    static final Duration USUAL_LEASE = Duration.ofSeconds(40);

    /** Returns what is known of a node that was not seen so far. */
    static NodeSigns absent(Instant now) {
        return new NodeSigns(false, now, true, now, false, now, "", now, USUAL_LEASE);
    }

    /** Takes in what the node itself says. */
    NodeSigns seen(boolean readyNow, boolean drainedNow, Instant now) {
        return new NodeSigns(
                true,
                there ? thereSince : now,
                readyNow,
                readyNow == ready ? readySince : now,
                drainedNow,
                drainedNow == drained ? drainedSince : now,
                renewal,
                renewalSince,
                lease);
    }

    /** Takes in that the node was removed. */
    NodeSigns removed(Instant now) {
        return new NodeSigns(
                false,
                there ? now : thereSince,
                ready,
                readySince,
                drained,
                drainedSince,
                renewal,
                renewalSince,
                lease);
    }

    /**
     * Takes in what its lease says.
     *
     * @param renewed its time of renewal, as it is written; null when there is no lease
     */
    NodeSigns lease(@Nullable String renewed, Duration lasts, Instant now) {
        String read = renewed == null ? "" : renewed;
        return new NodeSigns(
                there,
                thereSince,
                ready,
                readySince,
                drained,
                drainedSince,
                read,
                read.equals(renewal) ? renewalSince : now,
                lasts);
    }

    /** Takes in that its lease could not be read: the time in which nobody looked tells nothing of the node. */
    NodeSigns unread(Instant now) {
        return new NodeSigns(there, thereSince, ready, readySince, drained, drainedSince, renewal, now, lease);
    }

    /** Returns how the node is. A node with a lease that is renewed is fine, whatever else it complains of. */
    NodeState state(Instant now) {
        if (!there) {
            return NodeState.Gone;
        }
        boolean stale = renewal.isEmpty() ? !ready : !renewalSince.plus(lease).isAfter(now);
        return stale ? NodeState.Silent : NodeState.Fine;
    }

    /** Returns since when it is so, as far as it is not fine. */
    Instant since() {
        return !there ? thereSince : renewal.isEmpty() ? readySince : renewalSince.plus(lease);
    }
}
