package dev.dialplane.operator.pool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pod that holds an agent, as far as the operator needs it.
 *
 * @param pool whose it is
 * @param name the pod's name
 * @param uid the pod's UID
 * @param resourceVersion of the pod as it was seen
 * @param revision what it was made from
 * @param life where it is in its life
 * @param everReady whether it was ready at any time
 * @param deleting whether it was told to go
 * @param evictable whether it is labelled so
 * @param created when it was created
 * @param address host:port; empty until it has one
 * @param node where it runs; empty until it was placed
 * @param zone the node's zone; empty when unknown
 * @param failure why it died; empty unless it did
 * @param signs how it fares, as its status says
 */
public record AgentPod(
        PoolKey pool,
        String name,
        String uid,
        String resourceVersion,
        String revision,
        Life life,
        boolean everReady,
        boolean deleting,
        boolean evictable,
        Instant created,
        String address,
        String node,
        String zone,
        String failure,
        Signs signs) {

    /**
     * How a pod fares.
     *
     * @param changed when it last became ready or ceased to be; when it was created if neither has happened
     * @param placed when it was given a node; null as long as it has none
     * @param unschedulable why no node takes it; empty when that is not known to be so
     * @param waiting why its container does not start, such as an image that cannot be pulled; empty when it may yet
     * @param deleteBy by when it should be gone; null unless it was told to go
     */
    public record Signs(
            Instant changed,
            @Nullable Instant placed,
            String unschedulable,
            String waiting,
            @Nullable Instant deleteBy) {}

    /** Where a pod is in its life. */
    public enum Life {
        /** Never ready so far: no gateway was told of it, so it can hold no call. */
        Starting,
        /** Ready. */
        Ready,
        /** Was ready, and is not: it may well be in a call. */
        Unready,
        /** Over, well or not. */
        Ended
    }

    /** Returns this pod as it is once it was told to go. */
    public AgentPod told() {
        return with(life, everReady, true);
    }

    /** Returns this pod, known to have been ready before. */
    public AgentPod onceReady() {
        return with(life == Life.Starting ? Life.Unready : life, true, deleting);
    }

    private AgentPod with(Life life, boolean everReady, boolean deleting) {
        return new AgentPod(
                pool,
                name,
                uid,
                resourceVersion,
                revision,
                life,
                everReady,
                deleting,
                evictable,
                created,
                address,
                node,
                zone,
                failure,
                signs);
    }
}
