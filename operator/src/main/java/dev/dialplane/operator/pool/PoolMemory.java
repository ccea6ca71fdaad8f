package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPoolStatus;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryPhase;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.RolloutStatus;
import dev.dialplane.operator.gateways.CallOutcomes.Outcome;
import dev.dialplane.operator.pool.CanaryRule.Terms;
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
    private Trial trial = Trial.of("");

    @Nullable
    private CanaryRun canary;

    @Nullable
    private Terms canaryTerms;

    /** Why the API server refused the last pod; empty when it took it. */
    private String refusal = "";

    /** Pods whose agent was idle at any time; its start was measured the first time. */
    private final Set<String> able = new HashSet<>();

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

    /**
     * Returns how the newest revision does. Another revision than before starts anew: it is not to blame for the last.
     *
     * @param revision the newest revision
     * @param pauseAfter how many failures in a row are too many
     * @param before what the pool's status says of its rollout
     */
    synchronized Trial trial(String revision, int pauseAfter, @Nullable RolloutStatus before) {
        if (!trial.revision().equals(revision)) {
            boolean takenBack =
                    before != null && before.canary() != null && before.canary().phase() == CanaryPhase.TakenBack;
            String paused =
                    before != null && !takenBack && before.revision().equals(revision) ? before.pausedReason() : null;
            if (!trial.revision().isEmpty()) {
                backOff = BackOff.NONE;
            }
            trial = trial.revision().isEmpty() && paused != null
                    ? Trial.failedBefore(revision, pauseAfter, paused)
                    : Trial.of(revision);
        }
        trial = trial.judged(pauseAfter);
        return trial;
    }

    /** Takes in that an agent is idle since a time; the first time counts as its start, if that was watched. */
    synchronized void idle(AgentPod pod, Instant since, Instant watched) {
        if (able.add(pod.uid())) {
            starts = starts.seen(pod.created(), since, watched);
            backOff = BackOff.NONE;
            if (pod.revision().equals(trial.revision())) {
                trial = trial.started();
            }
        }
    }

    /** Takes in that an agent has a call: it was idle before. */
    synchronized void busy(AgentPod pod) {
        able.add(pod.uid());
    }

    /** Takes in how a call of an agent ended. */
    synchronized void callEnded(AgentPod pod, Outcome outcome) {
        if (pod.revision().equals(trial.revision())) {
            trial = outcome.agentsFault() ? trial.callFailed(outcome.cause()) : trial.callServed();
        }
        if (canary != null && canaryTerms != null) {
            canary = canary.with(pod.revision(), canaryTerms.bad(outcome.failed(), outcome.hungUp(), outcome.talked()));
        }
    }

    /** Takes in that an agent did not take a call that it should have taken. */
    synchronized void callDeclined(AgentPod pod) {
        if (canary != null) {
            canary = canary.with(pod.revision(), true);
        }
    }

    /**
     * Returns how the newest revision does as a canary; null when it is none. One begins when most agents are older.
     *
     * @param revision the newest revision
     * @param terms what is asked of a canary; null when the pool has none
     * @param mostAreOlder whether most agents are of older revisions
     * @param before what the pool's status says of its rollout
     */
    synchronized @Nullable CanaryRun canary(
            String revision, @Nullable Terms terms, boolean mostAreOlder, @Nullable RolloutStatus before, Instant now) {
        canaryTerms = terms;
        if (terms == null || canary != null && !canary.revision().equals(revision)) {
            canary = null;
        }
        if (terms == null) {
            return null;
        }
        if (canary == null && before != null && before.revision().equals(revision) && before.canary() != null) {
            canary = CanaryRun.told(revision, before.canary());
        } else if (canary == null && mostAreOlder) {
            canary = CanaryRun.begun(revision, now);
        }
        canary = canary == null ? null : canary.judged(terms, now);
        return canary;
    }

    /** Takes in that a pod is ready, where nobody can tell more: pods do start. */
    synchronized void ready() {
        backOff = BackOff.NONE;
    }

    /**
     * Takes in that a pod died, or was given up; returns whether this is news.
     *
     * @param heard whether its agent was ever heard: one that never was may have served before this operator started
     * @param why what became of it
     */
    synchronized boolean died(AgentPod pod, boolean heard, String why, Instant now) {
        if (!dead.add(pod.uid())) {
            return false;
        }
        if (!pod.everReady() || heard && !able.contains(pod.uid())) {
            backOff = backOff.failed(now, why);
            if (pod.revision().equals(trial.revision())) {
                trial = trial.startFailed(why);
            }
        }
        return true;
    }

    /** Forgets a pod. */
    synchronized void gone(String uid) {
        able.remove(uid);
        dead.remove(uid);
    }
}
