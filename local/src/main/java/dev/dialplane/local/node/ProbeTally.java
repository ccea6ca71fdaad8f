package dev.dialplane.local.node;

/**
 * Counts a probe's outcomes against its thresholds.
 *
 * @param passing the verdict so far
 * @param run how many outcomes in a row contradict it
 */
record ProbeTally(int successThreshold, int failureThreshold, boolean passing, int run) {
    /** A readiness or startup probe passes only once it has succeeded. */
    static ProbeTally failingAtFirst(int successThreshold, int failureThreshold) {
        return new ProbeTally(successThreshold, failureThreshold, false, 0);
    }

    /** A liveness probe fails only once it has failed. */
    static ProbeTally passingAtFirst(int successThreshold, int failureThreshold) {
        return new ProbeTally(successThreshold, failureThreshold, true, 0);
    }

    ProbeTally after(boolean success) {
        if (success == passing) {
            return new ProbeTally(successThreshold, failureThreshold, passing, 0);
        }
        int contradicting = run + 1;
        return contradicting >= (success ? successThreshold : failureThreshold)
                ? new ProbeTally(successThreshold, failureThreshold, success, 0)
                : new ProbeTally(successThreshold, failureThreshold, passing, contradicting);
    }
}
