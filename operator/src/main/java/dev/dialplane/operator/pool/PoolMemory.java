package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.operator.sizing.Hold;
import dev.dialplane.operator.sizing.LoadMeter;
import dev.dialplane.operator.sizing.StartTimes;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the operator remembers of a pool between two reconciliations, and may forget: after a restart it is measured
 * again. Guarded by itself.
 */
final class PoolMemory {

    private LoadMeter meter;
    private Hold hold = Hold.NOTHING;
    private StartTimes starts = StartTimes.NONE;
    private BackOff backOff = BackOff.NONE;

    /** Why the API server refused the last pod; empty when it took it. */
    private String refusal = "";

    /** Pods whose start was measured. */
    private final Set<String> measured = new HashSet<>();

    /** Pods whose death was taken in. */
    private final Set<String> dead = new HashSet<>();

    /** The status as it was last written, and when. */
    @Nullable
    VoiceAgentPoolStatus written;

    Instant writtenAt = Instant.EPOCH;

    PoolMemory(double now) {
        meter = LoadMeter.from(now);
    }

    synchronized void counted(double now, long arrived, long refused, int inSystem, int busy) {
        meter = meter.counted(now, arrived, refused, inSystem, busy);
    }

    synchronized LoadMeter meter(double now) {
        meter = meter.at(now);
        return meter;
    }

    synchronized Hold hold() {
        return hold;
    }

    synchronized void hold(Hold next) {
        hold = next;
    }

    synchronized StartTimes starts() {
        return starts;
    }

    synchronized BackOff backOff() {
        return backOff;
    }

    synchronized String refusal() {
        return refusal;
    }

    synchronized void refusal(String why) {
        refusal = why;
    }

    /** Takes in that an agent is idle; the first time counts as its start. */
    synchronized void idle(String uid, int startMilliseconds) {
        if (measured.add(uid)) {
            starts = starts.with(startMilliseconds);
        }
    }

    /** Takes in that a pod is ready: pods do start. */
    synchronized void ready() {
        backOff = BackOff.NONE;
    }

    /** Takes in that a pod died; returns whether this is news. */
    synchronized boolean died(AgentPod pod, Instant now) {
        if (!dead.add(pod.uid())) {
            return false;
        }
        if (!pod.everReady()) {
            backOff = backOff.failed(now, pod.failure());
        }
        return true;
    }

    /** Forgets a pod. */
    synchronized void gone(String uid) {
        measured.remove(uid);
        dead.remove(uid);
    }
}
