package dev.dialplane.operator.pool;

import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.pool.Canary;
import java.time.Duration;

/**
 * Whether a canary's calls go worse than those of the older agents, which take the others at the same time.
 *
 * <p>The older agents' share of bad calls plus the tolerance is what a good revision may have. The canary is worse when a
 * good one would do so badly in fewer than one case of {@link #ONE_IN}: the upper tail of the binomial distribution. It is
 * asked anew after every call, which is why so rare a case is asked for; a good revision is then taken back in about one
 * rollout of a hundred, while one that fails three of its first three calls beside fifty good ones is out.
 */
final class CanaryRule {

    /** How rarely a good revision would do so badly at any one look. */
    static final double ONE_IN = 1000;

    private CanaryRule() {}

    /** What comes of it. */
    enum Verdict {
        /** Not known yet. */
        Open,
        /** As good as the older ones, within the tolerance. */
        Good,
        /** Worse. */
        Worse
    }

    /**
     * What is asked of a canary.
     *
     * @param duration how long it lasts at least
     * @param minCalls how many of its calls must have ended
     * @param tolerance by how much its share of bad calls may be above the older ones', from 0 to 1
     * @param shortCall a call hung up sooner is a bad one
     */
    record Terms(Duration duration, int minCalls, double tolerance, Duration shortCall) {

        /** Returns the terms that a pool sets. */
        static Terms of(Canary canary) {
            return new Terms(
                    DurationText.parse(canary.duration()),
                    canary.minCalls(),
                    Share.percent(canary.tolerance()) / 100.0,
                    DurationText.parse(canary.shortCall()));
        }

        /** Returns whether a call that ended so was a bad one. */
        boolean bad(boolean failed, boolean hungUp, Duration talked) {
            return failed || hungUp && talked.compareTo(shortCall) < 0;
        }
    }

    /** Judges it by its own calls, the older agents' calls, and how long it has lasted. */
    static Verdict judge(Terms terms, Tally fresh, Tally older, Duration lasted) {
        if (tail(fresh, acceptable(terms, older)) < 1 / ONE_IN) {
            return Verdict.Worse;
        }
        return lasted.compareTo(terms.duration()) >= 0 && fresh.calls() >= terms.minCalls()
                ? Verdict.Good
                : Verdict.Open;
    }

    /** The share of bad calls that a good revision may have; Laplace's rule of succession tells that of the older one. */
    private static double acceptable(Terms terms, Tally older) {
        return Math.min(1, (older.bad() + 1.0) / (older.calls() + 2.0) + terms.tolerance());
    }

    /** Returns how likely at least as many calls of as many are bad, when each is with the probability given. */
    static double tail(Tally seen, double probability) {
        if (seen.bad() == 0 || probability >= 1) {
            return 1;
        }
        double logOdds = Math.log(probability) - Math.log1p(-probability);
        double logTerm = seen.calls() * Math.log1p(-probability);
        double below = 0;
        for (int bad = 0; bad < seen.bad(); bad++) {
            below += Math.exp(logTerm);
            logTerm += logOdds + Math.log((double) (seen.calls() - bad) / (bad + 1));
        }
        return Math.max(0, 1 - below);
    }
}
