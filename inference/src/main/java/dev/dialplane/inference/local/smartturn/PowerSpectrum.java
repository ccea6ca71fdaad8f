package dev.dialplane.inference.local.smartturn;

/**
 * The power spectrum of frames of {@value #SIZE} real samples. Two neighbors make one complex number, so that a transform of
 * half the length does; that is done in steps of the length's factors, each from one array into the other (Stockham). Not
 * for several threads.
 */
final class PowerSpectrum {
    /** Samples of a frame. */
    static final int SIZE = 400;
    /** Values of a spectrum: from 0 Hz to half the sample rate, both included. */
    static final int BINS = SIZE / 2 + 1;

    private static final int HALF = SIZE / 2;
    private static final int[] FACTORS = {5, 5, 4, 2};
    /** e^(-2πik/SIZE), for k from 0 to SIZE - 1. */
    private static final double[] COS = new double[SIZE];

    private static final double[] SIN = new double[SIZE];

    /** By factor: e^(-2πijk/factor), row by row. */
    private static final double[][] ROOTS_RE = new double[6][];

    private static final double[][] ROOTS_IM = new double[6][];

    static {
        for (int k = 0; k < SIZE; k++) {
            COS[k] = Math.cos(-2 * Math.PI * k / SIZE);
            SIN[k] = Math.sin(-2 * Math.PI * k / SIZE);
        }
        for (int factor : FACTORS) {
            ROOTS_RE[factor] = new double[factor * factor];
            ROOTS_IM[factor] = new double[factor * factor];
            for (int i = 0; i < factor * factor; i++) {
                int angle = SIZE / factor * (i / factor * (i % factor) % factor);
                ROOTS_RE[factor][i] = COS[angle];
                ROOTS_IM[factor][i] = SIN[angle];
            }
        }
    }

    private double[] re = new double[HALF];
    private double[] im = new double[HALF];
    private double[] nextRe = new double[HALF];
    private double[] nextIm = new double[HALF];
    private final double[] partRe = new double[5];
    private final double[] partIm = new double[5];

    /**
     * Computes the squared magnitudes.
     *
     * @param frame {@link #SIZE} samples, windowed
     * @param power takes {@link #BINS} values
     */
    void of(double[] frame, double[] power) {
        for (int i = 0; i < HALF; i++) {
            re[i] = frame[2 * i];
            im[i] = frame[2 * i + 1];
        }
        int length = HALF;
        int stride = 1;
        for (int factor : FACTORS) {
            step(factor, length, stride);
            length /= factor;
            stride *= factor;
        }
        for (int k = 0; k <= HALF; k++) {
            int at = k % HALF;
            int mirrored = (HALF - k) % HALF;
            double evenRe = (re[at] + re[mirrored]) / 2;
            double evenIm = (im[at] - im[mirrored]) / 2;
            double oddRe = (im[at] + im[mirrored]) / 2;
            double oddIm = (re[mirrored] - re[at]) / 2;
            double real = evenRe + oddRe * COS[k] - oddIm * SIN[k];
            double imaginary = evenIm + oddRe * SIN[k] + oddIm * COS[k];
            power[k] = real * real + imaginary * imaginary;
        }
    }

    private void step(int factor, int length, int stride) {
        int parts = length / factor;
        int twiddle = SIZE / length;
        double[] rootsRe = ROOTS_RE[factor];
        double[] rootsIm = ROOTS_IM[factor];
        for (int p = 0; p < parts; p++) {
            for (int q = 0; q < stride; q++) {
                for (int k = 0; k < factor; k++) {
                    int from = q + stride * (p + parts * k);
                    partRe[k] = re[from];
                    partIm[k] = im[from];
                }
                for (int j = 0; j < factor; j++) {
                    double sumRe = partRe[0];
                    double sumIm = partIm[0];
                    for (int k = 1, root = j * factor + 1; k < factor; k++, root++) {
                        sumRe += partRe[k] * rootsRe[root] - partIm[k] * rootsIm[root];
                        sumIm += partRe[k] * rootsIm[root] + partIm[k] * rootsRe[root];
                    }
                    int angle = twiddle * p * j;
                    int to = q + stride * (factor * p + j);
                    nextRe[to] = sumRe * COS[angle] - sumIm * SIN[angle];
                    nextIm[to] = sumRe * SIN[angle] + sumIm * COS[angle];
                }
            }
        }
        double[] spareRe = re;
        double[] spareIm = im;
        re = nextRe;
        im = nextIm;
        nextRe = spareRe;
        nextIm = spareIm;
    }
}
