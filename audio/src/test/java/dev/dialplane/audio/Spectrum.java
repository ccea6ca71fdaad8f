package dev.dialplane.audio;

/** Measures sines in blocks of samples by a least-squares fit, which needs neither a window nor whole periods. */
final class Spectrum {
    private Spectrum() {}

    static short[] sine(double hz, double amplitude, int rate, int count) {
        short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * hz * i / rate + 0.3));
        }
        return samples;
    }

    /** The sine that fits best, by its mean square; the mean square of what it leaves; and that itself. */
    @SuppressWarnings("ArrayRecordComponent")
    record Fit(double signal, double rest, double[] residue) {
        double sinad() {
            return 10 * Math.log10(signal / rest);
        }
    }

    static Fit fit(short[] samples, int from, int to, double hz, int rate) {
        double[] block = new double[to - from];
        for (int i = from; i < to; i++) {
            block[i - from] = samples[i];
        }
        return fit(block, hz, rate);
    }

    static Fit fit(double[] samples, double hz, int rate) {
        int count = samples.length;
        double[] cosine = new double[count];
        double[] sine = new double[count];
        double cc = 0;
        double ss = 0;
        double cs = 0;
        double xc = 0;
        double xs = 0;
        for (int i = 0; i < count; i++) {
            double angle = 2 * Math.PI * hz * i / rate;
            double c = Math.cos(angle);
            double s = Math.sin(angle);
            cosine[i] = c;
            sine[i] = s;
            cc += c * c;
            ss += s * s;
            cs += c * s;
            xc += samples[i] * c;
            xs += samples[i] * s;
        }
        double determinant = cc * ss - cs * cs;
        double a = (xc * ss - xs * cs) / determinant;
        double b = (xs * cc - xc * cs) / determinant;
        double[] residue = new double[count];
        double signal = 0;
        double rest = 0;
        for (int i = 0; i < count; i++) {
            double model = a * cosine[i] + b * sine[i];
            residue[i] = samples[i] - model;
            signal += model * model;
            rest += residue[i] * residue[i];
        }
        return new Fit(signal / count, rest / count, residue);
    }

    /** The phase of the best-fitting sine of {@code hz}, in radians, of sin(2πft + phase). */
    static double phase(short[] samples, int from, int to, double hz, int rate) {
        double xc = 0;
        double xs = 0;
        for (int i = from; i < to; i++) {
            xc += samples[i] * Math.cos(2 * Math.PI * hz * i / rate);
            xs += samples[i] * Math.sin(2 * Math.PI * hz * i / rate);
        }
        return Math.atan2(xc, xs);
    }

    /** The level of the sine of {@code hz} in dBov. */
    static double dBov(short[] samples, int from, int to, double hz, int rate) {
        return 10 * Math.log10(fit(samples, from, to, hz, rate).signal()) - 20 * Math.log10(Level.FULL_SCALE);
    }
}
