package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryPhase;
import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryStatus;
import dev.dialplane.operator.pool.CanaryRule.Terms;
import dev.dialplane.operator.pool.CanaryRule.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One revision's time as a canary. A value, kept in the pool's status, so that the next operator goes on with it.
 *
 * @param revision which revision is tried
 * @param phase what has become of it
 * @param since when it began
 * @param fresh its calls
 * @param older the older agents' calls since then
 */
public record CanaryRun(String revision, CanaryPhase phase, Instant since, Tally fresh, Tally older) {

    /** Returns the run of a revision that begins now. */
    static CanaryRun begun(String revision, Instant now) {
        return new CanaryRun(
                revision, CanaryPhase.Running, now.truncatedTo(ChronoUnit.SECONDS), Tally.NONE, Tally.NONE);
    }

    /** Returns a run as a pool's status tells of it. */
    static CanaryRun told(String revision, CanaryStatus status) {
        return new CanaryRun(
                revision,
                status.phase(),
                Instant.parse(status.sinceTime()),
                new Tally(status.calls(), status.badCalls()),
                new Tally(status.olderCalls(), status.olderBadCalls()));
    }

    /** Returns it as the status tells it. */
    CanaryStatus toStatus() {
        return new CanaryStatus(phase, since.toString(), fresh.calls(), fresh.bad(), older.calls(), older.bad());
    }

    /** Returns the run after a call ended with an agent of the revision given. */
    CanaryRun with(String endedWith, boolean bad) {
        if (!running()) {
            return this;
        }
        return endedWith.equals(revision)
                ? new CanaryRun(revision, phase, since, fresh.with(bad), older)
                : new CanaryRun(revision, phase, since, fresh, older.with(bad));
    }

    /** Returns the run as it stands now. What it was found to be it stays. */
    CanaryRun judged(Terms terms, Instant now) {
        if (!running()) {
            return this;
        }
        Verdict verdict = CanaryRule.judge(terms, fresh, older, Duration.between(since, now));
        return switch (verdict) {
            case Open -> this;
            case Good -> new CanaryRun(revision, CanaryPhase.Promoted, since, fresh, older);
            case Worse -> new CanaryRun(revision, CanaryPhase.TakenBack, since, fresh, older);
        };
    }

    boolean running() {
        return phase == CanaryPhase.Running;
    }

    boolean takenBack() {
        return phase == CanaryPhase.TakenBack;
    }

    /** Returns why it was taken back, and what to do about it. */
    String reason() {
        return ("revision %s was tried on a share of the calls and taken back: of its calls %s were bad (failed, declined,"
                        + " short), of the older agents' %s; older agents go on answering. Change spec.runtime, or change"
                        + " it back")
                .formatted(revision, fresh, older);
    }
}
