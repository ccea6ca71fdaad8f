package dev.dialplane.inference.local.moonshine;

/** Finds a decoder that goes round in circles. */
final class Repetition {
    private static final int LONGEST = 8;
    private static final int TIMES = 4;
    /** One token alone may well come several times: the zeros of a telephone number. */
    private static final int TIMES_ALONE = 9;

    private Repetition() {}

    /**
     * How many of the tokens are worth keeping: all of them, unless they end with the same two to eight tokens four times
     * in a row, or with the same one nine times; then those before it, and one of the repeated.
     */
    static int keep(int[] tokens, int count) {
        for (int period = 1; period <= LONGEST; period++) {
            int times = period == 1 ? TIMES_ALONE : TIMES;
            if (count >= period * times && repeats(tokens, count, period, times)) {
                return count - period * (times - 1);
            }
        }
        return count;
    }

    private static boolean repeats(int[] tokens, int count, int period, int times) {
        for (int i = count - period * (times - 1); i < count; i++) {
            if (tokens[i] != tokens[i - period]) {
                return false;
            }
        }
        return true;
    }
}
