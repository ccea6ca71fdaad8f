package dev.dialplane.agent.hearing;

/**
 * Turns the detector's probabilities into speech that is on or off, with hysteresis.
 *
 * <p>0.5 and 0.35 are Silero's own reference thresholds. Two windows confirm an onset and an end; one is enough when it
 * leaves no doubt, and when speech goes on after a breath.
 */
final class SpeechGate {
    /** What a window changed. */
    enum Change {
        NONE,
        BEGAN,
        ENDED
    }

    static final float ON = 0.5f;
    static final float OFF = 0.35f;
    /** Sure enough for one window to do. */
    static final float SURE = 0.9f;

    private static final int CONFIRM = 2;
    /** Windows after an end in which speech that goes on needs no confirmation: 320 ms. */
    private static final int BREATH = 10;

    private boolean on;
    private int voiced;
    private int unvoiced;
    /** Windows since speech was last on. */
    private int since = Integer.MAX_VALUE;

    boolean on() {
        return on;
    }

    /** Windows in a row, ending with the last, that were speech. */
    int voiced() {
        return voiced;
    }

    /**
     * Takes the next window in.
     *
     * @param quiet that its loudness, too, says that nobody speaks
     */
    Change on(float probability, boolean quiet) {
        if (!on && since < Integer.MAX_VALUE) {
            since++;
        }
        if (probability >= (on ? OFF : ON)) {
            voiced++;
            unvoiced = 0;
            if (!on && (voiced >= CONFIRM || probability >= SURE || since <= BREATH)) {
                on = true;
                return Change.BEGAN;
            }
            return Change.NONE;
        }
        voiced = 0;
        unvoiced++;
        if (on && (unvoiced >= CONFIRM || quiet)) {
            on = false;
            since = 0;
            return Change.ENDED;
        }
        return Change.NONE;
    }

    /** Silence that nobody looked at: the detector was asleep. */
    void slept() {
        on = false;
        voiced = 0;
        unvoiced = 0;
        since = Integer.MAX_VALUE;
    }
}
