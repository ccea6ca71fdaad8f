package dev.dialplane.operator.sizing;

/** How many standard deviations cover all but a given share of cases. */
final class NormalQuantile {

    private NormalQuantile() {}

    /**
     * Returns z so that a normal variable exceeds it with the given probability.
     *
     * <p>Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23; its error is below 4.5e-4.
     *
     * @param exceeded above 0 and at most 0.5
     */
    static double upper(double exceeded) {
        if (!(exceeded > 0 && exceeded <= 0.5)) {
            throw new IllegalArgumentException("exceeded must be above 0 and at most 0.5, not " + exceeded);
        }
        double t = Math.sqrt(-2 * Math.log(exceeded));
        return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    }
}
