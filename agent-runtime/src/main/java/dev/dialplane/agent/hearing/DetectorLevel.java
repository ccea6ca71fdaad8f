package dev.dialplane.agent.hearing;

import dev.dialplane.audio.Mix;

/**
 * How much louder a quiet caller is made for the detector, which was trained on speech of usual loudness. Nobody else hears
 * it: the recognizer gains no word by it, and who is near or far is told by what the line carries.
 *
 * <p>The gain brings the loud parts of what the caller has said so far up to a level at which the detector says what it says
 * of the same speech at its usual loudness ({@code docs/line.md} has the figures). It never lifts the line's noise above what
 * the noise of a usual line is, so that it is the detector that tells speech from noise, and not this. It rises by 6 dB a
 * window and falls at once. A pure function of levels, and one number of memory; for one thread.
 */
final class DetectorLevel {
    /**
     * Loud parts of speech at −38 dBov: 20 dB below those of a usual caller. Speech louder than this is left as it is. With
     * a higher aim faint echoes of the agent are taken for speech, and hardly more of a quiet caller's is found.
     */
    static final float WANTED = 400;

    /** 30 dB: below that, the steps of µ-law are most of what is heard. */
    static final float MOST = 32;

    /** What noise is lifted to at most: −54 dBov. */
    static final float NOISE = 64;

    private static final float RISE = 2;

    private float gain = 1;

    /**
     * Takes in how the line is before the next window. What was made in place of what the line has lost is in neither level: its
     * silence would lower the noise, and its repetitions are of a caller who is counted already. Where such frames are in the
     * window, they are made louder like what is around them.
     *
     * @param loud the loud parts of what was heard so far; 0 if nothing was
     * @param floor the noise when nobody speaks
     */
    void next(float loud, float floor) {
        float wanted = loud <= 0 ? 1 : Math.min(Math.min(WANTED / loud, NOISE / floor), MOST);
        gain = Math.max(1, Math.min(wanted, gain * RISE));
    }

    /** By what a window is multiplied. */
    float gain() {
        return gain;
    }

    /** Multiplies samples. */
    void apply(short[] samples) {
        if (gain > 1) {
            for (int i = 0; i < samples.length; i++) {
                samples[i] = Mix.clip(Math.round(gain * samples[i]));
            }
        }
    }
}
