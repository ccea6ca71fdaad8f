package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPoolStatus.CanaryPhase;
import org.jspecify.annotations.Nullable;

/** How far a pool's newest revision may spread. */
public sealed interface Spread {

    /** Returns how many agents of it there may be at most. */
    int atMost();

    /** Returns whether older agents stay where they are, though they are older. */
    boolean olderStay();

    /** It replaces every older agent. */
    record Everywhere() implements Spread {
        @Override
        public int atMost() {
            return Integer.MAX_VALUE;
        }

        @Override
        public boolean olderStay() {
            return false;
        }
    }

    /**
     * It is tried on a share of the calls.
     *
     * @param atMost how many agents that is
     */
    record Tried(int atMost) implements Spread {
        @Override
        public boolean olderStay() {
            return true;
        }
    }

    /** It failed: no agent of it is created, and those that work stay as long as there are not too many. */
    record NoFurther() implements Spread {
        @Override
        public int atMost() {
            return 0;
        }

        @Override
        public boolean olderStay() {
            return true;
        }
    }

    /** Its calls went worse: its agents leave as others take their places. */
    record TakenBack() implements Spread {
        @Override
        public int atMost() {
            return 0;
        }

        @Override
        public boolean olderStay() {
            return true;
        }
    }

    /**
     * Returns how far it may spread. Where nothing older is left there is nothing to keep.
     *
     * @param anyOlder whether an older agent is there
     * @param failed whether it failed too often in a row
     * @param canary how it did as a canary; null when it was never one
     * @param share how many agents a canary is
     */
    static Spread of(boolean anyOlder, boolean failed, @Nullable CanaryRun canary, int share) {
        if (!anyOlder) {
            return new Everywhere();
        }
        CanaryPhase phase = canary == null ? CanaryPhase.Promoted : canary.phase();
        return switch (phase) {
            case TakenBack -> new TakenBack();
            case Running -> failed ? new NoFurther() : new Tried(share);
            case Promoted -> failed ? new NoFurther() : new Everywhere();
        };
    }
}
