package dev.dialplane.inference.local.piper;

/**
 * A clause's samples with an even level and even pauses: the voice pads its clauses with silence of its own, which a
 * caller would wait for.
 */
final class Trimmed {
    private static final float THRESHOLD = 0.01f;
    private static final int LEAD_MILLIS = 15;
    private static final int CLAUSE_PAUSE_MILLIS = 140;
    private static final int SENTENCE_PAUSE_MILLIS = 260;
    /** About −3 dB: leaves room for resampling. */
    private static final float PEAK = 0.7f;

    private Trimmed() {}

    /** The punctuation that ends a clause; a period if there is none. */
    static char mark(String clause) {
        for (int i = clause.length() - 1; i >= 0; i--) {
            char c = clause.charAt(i);
            if (".,;:!?".indexOf(c) >= 0) {
                return c;
            }
            if (Character.isLetterOrDigit(c)) {
                break;
            }
        }
        return '.';
    }

    static short[] of(float[] samples, int rate, char mark) {
        float peak = THRESHOLD;
        for (float sample : samples) {
            peak = Math.max(peak, Math.abs(sample));
        }
        int first = 0;
        while (first < samples.length && Math.abs(samples[first]) < THRESHOLD * peak * 2) {
            first++;
        }
        int last = samples.length;
        while (last > first && Math.abs(samples[last - 1]) < THRESHOLD * peak * 2) {
            last--;
        }
        int start = Math.max(0, first - LEAD_MILLIS * rate / 1000);
        boolean sentence = ".!?".indexOf(mark) >= 0;
        int pause = (sentence ? SENTENCE_PAUSE_MILLIS : CLAUSE_PAUSE_MILLIS) * rate / 1000;
        int sound = Math.min(samples.length, last + LEAD_MILLIS * rate / 1000) - start;
        short[] trimmed = new short[sound + pause];
        float gain = PEAK * Short.MAX_VALUE / peak;
        for (int i = 0; i < sound; i++) {
            trimmed[i] = (short) Math.round(samples[start + i] * gain);
        }
        return trimmed;
    }
}
