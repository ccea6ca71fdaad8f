package dev.dialplane.operator.pool;

/**
 * How a pool's newest revision has done so far: failures in a row of its agents to become idle, and of their calls. A
 * value. Once it has failed too often it stays failed, however well single calls go, until the pool's spec changes: its
 * runtime, or how many failures are allowed.
 *
 * @param revision which revision is tried
 * @param startFailures agents in a row that did not become idle
 * @param callFailures calls in a row that its agents failed
 * @param last what happened last to one that failed
 * @param allowed how many failures were allowed when it failed too often; 0 as long as it has not
 */
public record Trial(String revision, int startFailures, int callFailures, String last, int allowed) {

    /** Returns the trial of a revision nothing is known of. */
    public static Trial of(String revision) {
        return new Trial(revision, 0, 0, "", 0);
    }

    /** Returns a trial that had failed before the operator started, as the pool's status says. */
    public static Trial failedBefore(String revision, int allowed, String reason) {
        return new Trial(revision, 0, 0, reason, allowed);
    }

    /** Returns the trial after an agent became idle for the first time. */
    public Trial started() {
        return new Trial(revision, 0, callFailures, last, allowed);
    }

    /** Returns the trial after an agent ended, or was given up, before it ever was idle. */
    public Trial startFailed(String why) {
        String told = "a new agent did not become idle: " + why;
        return new Trial(revision, startFailures + 1, callFailures, failed() ? last : told, allowed);
    }

    /** Returns the trial after a call ended well. */
    public Trial callServed() {
        return new Trial(revision, startFailures, 0, last, allowed);
    }

    /** Returns the trial after an agent failed its call. */
    public Trial callFailed(String cause) {
        String told = "a call of a new agent ended " + cause;
        return new Trial(revision, startFailures, callFailures + 1, failed() ? last : told, allowed);
    }

    /** Returns the trial as it stands when so many failures in a row are allowed. */
    public Trial judged(int pauseAfter) {
        if (allowed == pauseAfter) {
            return this;
        }
        boolean tooMany = Math.max(startFailures, callFailures) >= pauseAfter;
        return new Trial(revision, startFailures, callFailures, last, tooMany ? pauseAfter : 0);
    }

    /** Returns what to tell of a trial that has failed, with what to do about it. */
    public String reason() {
        return startFailures == 0 && callFailures == 0
                ? last
                : "%d failures in a row (%s); older agents go on answering. Change spec.runtime, or change it back;"
                                .formatted(Math.max(startFailures, callFailures), last)
                        + " to try the same again, raise spec.rollout.pauseAfterFailures";
    }

    /** Returns whether it has failed too often. */
    public boolean failed() {
        return allowed > 0;
    }
}
