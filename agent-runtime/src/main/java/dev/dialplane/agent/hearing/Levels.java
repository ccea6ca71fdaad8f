package dev.dialplane.agent.hearing;

import dev.dialplane.audio.Level;

/**
 * How loud the line is, every 10 ms, and how loud its quiet is.
 *
 * <p>The voice activity detector sees windows of 32 ms and answers late by up to 100 ms; these levels tell to 10 ms where
 * a sound that it heard began and ended. Loudness is an RMS value in 16-bit steps.
 */
final class Levels {
    /** Samples in a frame: 10 ms at 8 kHz. */
    static final int FRAME = 80;

    /** Below this nothing is heard on a telephone line (−66 dBov), so it is never taken for a sound. */
    static final float INAUDIBLE = 16;

    /**
     * What never gets louder than this, −60 dBov, is nobody who speaks into a telephone. It is for lines that lose audio before
     * it comes to the gateway: the silence in its place is not known for what it is and lowers the floor, and the line's noise,
     * torn by it, is speech to the detector, at its own level about half of the time.
     */
    static final float FAINT = 32;

    private static final int KEPT = 512;
    /** 3 dB a second upwards: a line that became noisier is known within seconds, a word is not taken for noise. */
    private static final float FLOOR_RISE = 1.0035f;

    /** Counted are sounds above this, 33 RMS: −60 dBov. */
    private static final int COUNTED_DB = 30;
    /** Bins of 1 dB up to full scale. */
    private static final int BINS = 61;
    /** The share of all sounds that is not among the loud ones. */
    private static final double LOUD_SHARE = 0.95;
    /** −25 dB: what is that far below the loud parts of speech is its decay, a breath, the room. */
    static final float BELOW_LOUD = 0.056f;

    private final int[] histogram = new int[BINS];
    private int sounds;
    private final float[] levels = new float[KEPT];
    private final boolean[] concealed = new boolean[KEPT];
    private final short[] partial = new short[FRAME];
    private int filled;
    private boolean partlyConcealed;
    private long count;
    private float floor = INAUDIBLE;

    /**
     * Takes samples in.
     *
     * @param speech that somebody speaks, so that the noise floor does not rise
     * @param concealed that they were made in place of what a line has lost. A frame that holds any such sample is as loud as
     *     it is, so that a word goes on over a short loss and ends in a long one, but teaches neither how loud the line's quiet
     *     is nor how loud the caller is
     */
    void add(short[] samples, int offset, int length, boolean speech, boolean concealed) {
        for (int i = 0; i < length; i++) {
            partial[filled++] = samples[offset + i];
            partlyConcealed |= concealed;
            if (filled == FRAME) {
                filled = 0;
                push((float) Level.rms(partial, 0, FRAME), speech, partlyConcealed);
                partlyConcealed = false;
            }
        }
    }

    /** How many whole frames there were. */
    long count() {
        return count;
    }

    /** The loudness of a frame; 0 for one that is no longer kept, or not there yet. */
    float at(long frame) {
        return isKept(frame) ? levels[(int) frame & KEPT - 1] : 0;
    }

    private boolean isKept(long frame) {
        return frame >= Math.max(0, count - KEPT) && frame < count;
    }

    /** Whether any sample of a frame was made in place of what the line has lost; false for one that is no longer kept. */
    boolean concealed(long frame) {
        return isKept(frame) && concealed[(int) frame & KEPT - 1];
    }

    /** The loudness of the line when nobody speaks. */
    float floor() {
        return floor;
    }

    /** What is louder than this is a sound. */
    float audible() {
        return Math.max(INAUDIBLE, 2.5f * floor);
    }

    /** The loud parts of all sounds so far: their 95th percentile; 0 if nothing was heard. */
    float loud() {
        if (sounds == 0) {
            return 0;
        }
        int above = (int) Math.ceil((1 - LOUD_SHARE) * sounds);
        int bin = BINS - 1;
        for (int seen = histogram[bin]; seen < above && bin > 0; seen += histogram[--bin]) {
            // Looks for the bin.
        }
        return (float) Math.pow(10, (COUNTED_DB + bin + 0.5) / 20);
    }

    /** What is louder than this counts as speech: not more than 25 dB below the loud parts, and 8 dB above the noise. */
    float speech() {
        return Math.max(audible(), BELOW_LOUD * loud());
    }

    /** The loudest frame since one; 0 if none is kept. */
    float loudest(long sinceFrame) {
        float loudest = 0;
        for (long frame = Math.max(sinceFrame, count - KEPT); frame < count; frame++) {
            loudest = Math.max(loudest, at(frame));
        }
        return loudest;
    }

    private void push(float level, boolean speech, boolean made) {
        int at = (int) count & KEPT - 1;
        levels[at] = level;
        concealed[at] = made;
        count++;
        if (!made) {
            learn(level, speech);
        }
    }

    private void learn(float level, boolean speech) {
        int bin = level < 1 ? -1 : (int) (20 * Math.log10(level)) - COUNTED_DB;
        if (bin >= 0) {
            histogram[Math.min(bin, BINS - 1)]++;
            sounds++;
        }
        if (level < floor) {
            floor += 0.2f * (level - floor);
        } else if (!speech) {
            floor = Math.min(level, floor * FLOOR_RISE);
        }
        floor = Math.max(floor, 1);
    }
}
