package dev.dialplane.agent.hearing;

/**
 * Whether what the agent says comes back from the far end, how late and how loudly: a phone on a table hears its own
 * loudspeaker, a hybrid reflects. Most lines have no such path, and then this says nothing.
 *
 * <p>Works on loudness alone, in frames of 10 ms: the loudness of what the caller hears of the agent against the loudness
 * of what comes from the caller, correlated (Pearson, on decibels, forgetting over about four seconds) at every delay up to
 * 800 ms. Loudness survives what a waveform does not: codecs, echo suppressors that half work, jitter buffers that stretch.
 * What comes in while the path is known, and is no louder than the agent's sound would be after it, is an echo. For one
 * thread; allocates nothing after construction.
 */
public final class EchoPath {
    /** Longest delay that is looked for, in frames: two networks, two playout buffers and a handset. */
    private static final int LAGS = 80;

    /** What a line without sound has, dB of 16-bit steps (−66 dBov): below it nothing is compared. */
    private static final float SILENT_DB = 24;
    /** The agent's frames from which on it is loud enough for an echo of it to be heard, and its level to be measured. */
    private static final float LOUD_DB = 52;

    private static final double KEEP = 1 - 1.0 / 400;
    /** Frames with the agent's sound in reach, weighed, before anything is concluded. */
    private static final double ENOUGH = 100;
    /** Independent speech and a path that is not there stay below 0.6 over four seconds; an echo is above 0.9. */
    private static final double CERTAIN = 0.8;

    private static final double LIKELY = 0.6;
    /** Nothing reflects more than it is given; what is almost as loud as the agent is somebody. */
    private static final double HIGHEST_GAIN_DB = -3;
    /** How much louder than expected an echo may be: rooms ring, and 10 ms of speech are no stationary noise. */
    private static final float MARGIN_DB = 7;
    /** Frames around the delay among which the loudest counts: when a sound begins to play is known to two carrier frames. */
    private static final int SMEAR = 6;
    /** The share of a sound's frames that an echo explains. */
    private static final double EXPLAINED = 0.8;
    /** What came last is looked at this long, in frames, to see whether somebody speaks over an echo. */
    public static final int LATELY = 15;

    private static final int LONG_SPEECH = 100;

    /** Five seconds, as the ear keeps them. */
    private static final int KEPT = 512;

    private final float[] sent = new float[KEPT];
    /** 1 where a frame is no louder than an echo would be, −1 where it is, 0 where it is silent. */
    private final byte[] verdicts = new byte[KEPT];

    private long count;
    private long lastLoud = Long.MIN_VALUE / 2;
    private int others;

    private double weight;
    private double sumHeard;
    private double sumHeardSquares;
    private final double[] sumSent = new double[LAGS];
    private final double[] sumSentSquares = new double[LAGS];
    private final double[] sumProducts = new double[LAGS];
    private final double[] loudWeight = new double[LAGS];
    private final double[] sumGain = new double[LAGS];

    private int lag = -1;
    private double gain;

    /** A line of which nothing is known. */
    public EchoPath() {}

    /** Whether the agent's sound comes back. */
    public boolean known() {
        return lag >= 0;
    }

    /** How late, in ms; 0 if it does not. */
    public int delayMs() {
        return Math.max(0, lag) * 10;
    }

    /** By how many dB it is quieter (negative) when it comes back. */
    public double gainDb() {
        return gain;
    }

    /**
     * The next 10 ms.
     *
     * @param sentRms what the caller hears of the agent, an RMS value in 16-bit steps
     * @param heardRms what comes from the caller
     * @param concealed that it was made in place of what the line has lost: a repetition of what came before and then silence,
     *     it says nothing of how the line answers what the agent says now, so that nothing is learned from it; and it is whose
     *     the sound before it was
     */
    public void frame(float sentRms, float heardRms, boolean concealed) {
        float out = decibels(sentRms);
        float in = decibels(heardRms);
        int at = (int) (count & KEPT - 1);
        sent[at] = out;
        verdicts[at] = concealed ? repeated(in) : verdict(in);
        if (out >= LOUD_DB) {
            lastLoud = count;
        }
        if (!concealed) {
            // Somebody who speaks over the echo says nothing about it; but who goes on for a second may be a louder
            // echo.
            others = verdicts[at] < 0 ? others + 1 : 0;
            if (count - lastLoud < LAGS && (others == 0 || others > LONG_SPEECH)) {
                learn(in);
            }
        }
        count++;
    }

    private void learn(float in) {
        weight = KEEP * weight + 1;
        sumHeard = KEEP * sumHeard + in;
        sumHeardSquares = KEEP * sumHeardSquares + in * in;
        for (int i = 0; i < LAGS; i++) {
            float out = sentAt(count - i);
            sumSent[i] = KEEP * sumSent[i] + out;
            sumSentSquares[i] = KEEP * sumSentSquares[i] + out * out;
            sumProducts[i] = KEEP * sumProducts[i] + out * in;
            if (out >= LOUD_DB) {
                loudWeight[i] = KEEP * loudWeight[i] + 1;
                sumGain[i] = KEEP * sumGain[i] + (in - out);
            }
        }
        // Once in 100 ms: the path does not change faster.
        if (count % 10 == 0) {
            conclude();
        }
    }

    private void conclude() {
        if (weight < ENOUGH) {
            return;
        }
        // What is known stays so for as long as it is likely: a word over the echo does not end it.
        boolean stays = lag >= 0 && correlation(lag) >= LIKELY;
        double best = Math.max(CERTAIN, stays ? correlation(lag) : 0);
        if (!stays) {
            lag = -1;
            gain = 0;
        } else if (loudWeight[lag] > 0) {
            gain = Math.min(HIGHEST_GAIN_DB, sumGain[lag] / loudWeight[lag]);
        }
        for (int i = 0; i < LAGS; i++) {
            double correlation = correlation(i);
            if (correlation >= best && loudWeight[i] > 0 && sumGain[i] / loudWeight[i] <= HIGHEST_GAIN_DB) {
                best = correlation;
                lag = i;
                gain = sumGain[i] / loudWeight[i];
            }
        }
    }

    private double correlation(int i) {
        double covariance = sumProducts[i] - sumSent[i] * sumHeard / weight;
        double variance = (sumSentSquares[i] - sumSent[i] * sumSent[i] / weight)
                * (sumHeardSquares - sumHeard * sumHeard / weight);
        return variance <= 0 ? 0 : covariance / Math.sqrt(variance);
    }

    private byte verdict(float in) {
        if (lag < 0 || in <= SILENT_DB) {
            return 0;
        }
        float loudest = SILENT_DB;
        for (int i = Math.max(0, lag - SMEAR); i <= Math.min(LAGS - 1, lag + SMEAR); i++) {
            loudest = Math.max(loudest, sentAt(count - i));
        }
        return (byte) (in <= Math.max(SILENT_DB, loudest + gain) + MARGIN_DB ? 1 : -1);
    }

    /** The verdict on what was made of a loss. */
    private byte repeated(float in) {
        return lag < 0 || in <= SILENT_DB ? 0 : verdicts[(int) (count - 1 & KEPT - 1)];
    }

    private float sentAt(long frame) {
        return frame < 0 ? SILENT_DB : sent[(int) (frame & KEPT - 1)];
    }

    /**
     * Whether a sound is the agent's own that comes back.
     *
     * @param frames how long ago it began, in frames of 10 ms
     */
    public boolean explains(int frames) {
        if (lag < 0) {
            return false;
        }
        int echo = 0;
        int other = 0;
        for (long frame = Math.max(0, count - Math.min(frames, KEPT)); frame < count; frame++) {
            byte verdict = verdicts[(int) (frame & KEPT - 1)];
            echo += verdict > 0 ? 1 : 0;
            other += verdict < 0 ? 1 : 0;
        }
        return echo > 0 && echo >= EXPLAINED * (echo + other);
    }

    /** Whether what came last is: a caller who speaks over an echo ends that. */
    public boolean explainsWhatCameLast() {
        return explains(LATELY);
    }

    private static float decibels(float rms) {
        return rms <= 16 ? SILENT_DB : (float) (20 * Math.log10(rms));
    }
}
