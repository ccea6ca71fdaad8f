package dev.dialplane.agent.dialogue;

import dev.dialplane.agent.turn.Agreement;

/**
 * Whether the caller lets the call be recorded.
 *
 * @param state how far that is settled
 * @param askedAt when the question had been heard to its end, unix ms; 0 before
 * @param askedMediaMs the same on the caller's time base
 * @param answeredAt when what answers it was taken for the caller's turn, unix ms; 0 before
 * @param turn the number of that turn; 0 before, and where no turn answers it
 * @param by how that turn answers it
 */
public record Consent(State state, long askedAt, long askedMediaMs, long answeredAt, int turn, By by) {
    /** How far it is settled. Checkpoints hold the ordinals: append only. */
    public enum State {
        NOT_ASKED,
        /** The question was heard to its end. */
        ASKED,
        AGREED,
        DECLINED,
        /** What was said is neither: it counts as a no. */
        UNCLEAR
    }

    /** How it was answered. Checkpoints hold the ordinals: append only. */
    public enum By {
        /** Not, or not yet. */
        NOTHING,
        WORDS,
        /** A key was pressed, whatever was said beside it. */
        KEYS
    }

    /** A call that is not recorded, or not yet. */
    public static final Consent NONE = new Consent(State.NOT_ASKED, 0, 0, 0, 0, By.NOTHING);

    /** A caller who answers begins with the question's last syllable at the soonest: who began before has not heard it. */
    static final long OVERLAP_MS = 250;

    /** The question was heard to its end. */
    public Consent asked(long unixMs, long mediaMs) {
        return state == State.NOT_ASKED ? new Consent(State.ASKED, unixMs, mediaMs, 0, 0, By.NOTHING) : this;
    }

    /**
     * A turn of the caller's was committed. It answers the question, or takes the answer back. Words that were begun, and
     * keys that were pressed, before the question was heard do not answer it.
     */
    public Consent answered(Said said, long unixMs, int byTurn) {
        if (state == State.AGREED && Agreement.withdrawal(said.words()).verdict() == Agreement.Verdict.DECLINED) {
            return new Consent(State.DECLINED, askedAt, askedMediaMs, unixMs, byTurn, By.WORDS);
        }
        if (state != State.ASKED) {
            return this;
        }
        By how = said.keys().isEmpty() ? By.WORDS : By.KEYS;
        // A key answers by itself: what was said or pressed over the question does not make its caller unaware of it.
        State next = heard(how == By.KEYS ? said.keyedMs() : said.beganMs())
                ? switch (Agreement.of(said.words(), said.keys()).verdict()) {
                    case AGREED -> State.AGREED;
                    case DECLINED -> State.DECLINED;
                    case UNCLEAR -> State.UNCLEAR;
                }
                : State.UNCLEAR;
        return new Consent(next, askedAt, askedMediaMs, unixMs, byTurn, how);
    }

    /** Something else was asked before an answer came. */
    public Consent lapsed(long unixMs) {
        return state == State.ASKED ? new Consent(State.UNCLEAR, askedAt, askedMediaMs, unixMs, 0, By.NOTHING) : this;
    }

    private boolean heard(long sinceMediaMs) {
        return sinceMediaMs >= askedMediaMs - OVERLAP_MS;
    }

    /**
     * What a turn says to the question, or to the answer that was given before, where that is all it says and nothing more
     * is to be thought about it: the same as it will be {@link #answered} by.
     *
     * @param byTurn its number: one that another agent has committed and not answered is answered by the next
     */
    public Agreement.Verdict only(Said said, int byTurn) {
        boolean again = turn == byTurn && turn > 0;
        boolean answers = state == State.ASKED || again;
        Agreement agreement = answers ? Agreement.of(said.words(), said.keys()) : Agreement.withdrawal(said.words());
        boolean all = agreement.all() && (answers || said.keys().isEmpty());
        if (!all || !answers && state != State.AGREED) {
            return Agreement.Verdict.UNCLEAR;
        }
        // The words alone do not say it: they may have come before the question was heard.
        Consent settled = again ? this : answered(said, 0, byTurn);
        return switch (settled.state) {
            case AGREED -> Agreement.Verdict.AGREED;
            case DECLINED -> Agreement.Verdict.DECLINED;
            case NOT_ASKED, ASKED, UNCLEAR -> Agreement.Verdict.UNCLEAR;
        };
    }
}
