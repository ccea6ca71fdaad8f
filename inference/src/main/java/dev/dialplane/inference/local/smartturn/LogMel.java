package dev.dialplane.inference.local.smartturn;

import java.util.Arrays;

/**
 * The features that Smart Turn was trained on, which are Whisper's: the logarithm of a spectrogram in {@value #MELS} bands
 * of the Slaney mel scale, of frames of 25 ms every 10 ms, over {@value #SECONDS} s that are brought to mean 0 and variance 1.
 *
 * <p>Shorter audio stands at the end, after silence. That silence looks the same in every frame, and is transformed once.
 */
final class LogMel {
    static final int RATE = 16_000;
    static final int SECONDS = 8;
    /** Bands. */
    static final int MELS = 80;
    /** Frames. */
    static final int FRAMES = 800;

    private static final int SAMPLES = SECONDS * RATE;
    private static final int HOP = 160;
    private static final int MARGIN = PowerSpectrum.SIZE / 2;
    private static final double VARIANCE_FLOOR = 1e-7;
    private static final double POWER_FLOOR = 1e-10;
    /** What is this much below the loudest, in powers of ten, is all the same. */
    private static final double RANGE = 8;

    /** Below it, mels are proportional to hertz, and above it to their logarithm. */
    private static final double BREAK_HZ = 1000;

    private static final double HZ_PER_MEL = 200.0 / 3;
    private static final double BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
    private static final double LOG_STEP = Math.log(6.4) / 27;

    private static final double[] WINDOW = new double[PowerSpectrum.SIZE];
    private static final Band[] BANDS = bands();

    static {
        for (int i = 0; i < WINDOW.length; i++) {
            WINDOW[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / WINDOW.length);
        }
    }

    /** A triangle over neighboring bins of the spectrum. */
    private record Band(int firstBin, double[] weights) {}

    private LogMel() {}

    private static Band[] bands() {
        double[] edges = new double[MELS + 2];
        double top = mel(RATE / 2.0);
        for (int i = 0; i < edges.length; i++) {
            edges[i] = hertz(top * i / (MELS + 1));
        }
        Band[] bands = new Band[MELS];
        double binHz = (double) RATE / PowerSpectrum.SIZE;
        for (int band = 0; band < MELS; band++) {
            double low = edges[band];
            double middle = edges[band + 1];
            double high = edges[band + 2];
            int first = (int) Math.ceil(low / binHz);
            int last = Math.min(PowerSpectrum.BINS - 1, (int) Math.floor(high / binHz));
            double[] weights = new double[Math.max(0, last - first + 1)];
            for (int i = 0; i < weights.length; i++) {
                double hz = (first + i) * binHz;
                double height = Math.min((hz - low) / (middle - low), (high - hz) / (high - middle));
                weights[i] = Math.max(0, height) * 2 / (high - low);
            }
            bands[band] = new Band(first, weights);
        }
        return bands;
    }

    private static double mel(double hertz) {
        return hertz < BREAK_HZ ? hertz / HZ_PER_MEL : BREAK_MEL + Math.log(hertz / BREAK_HZ) / LOG_STEP;
    }

    private static double hertz(double mel) {
        return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp((mel - BREAK_MEL) * LOG_STEP);
    }

    /**
     * The features of the end of some audio.
     *
     * @param samples 16-bit linear at {@link #RATE}; the last {@link #SECONDS} s count
     * @return {@link #MELS} times {@link #FRAMES} values of about -1 to 1, band by band
     */
    static float[] of(short[] samples) {
        double[] audio = new double[SAMPLES];
        int count = Math.min(samples.length, SAMPLES);
        int silent = SAMPLES - count;
        normalize(samples, count, audio);
        PowerSpectrum spectrum = new PowerSpectrum();
        double[] frame = new double[PowerSpectrum.SIZE];
        double[] power = new double[PowerSpectrum.BINS];
        float[] features = new float[MELS * FRAMES];
        double loudest = Double.NEGATIVE_INFINITY;
        // The window of a frame reaches a margin beyond its middle.
        int alike = silent < MARGIN ? 0 : (silent - MARGIN) / HOP + 1;
        for (int at = 0; at < FRAMES; at++) {
            if (at == 0 || at >= alike) {
                cut(audio, at * HOP - MARGIN, frame);
                spectrum.of(frame, power);
            }
            for (int band = 0; band < MELS; band++) {
                double log = at > 0 && at < alike ? features[band * FRAMES] : Math.log10(sum(BANDS[band], power));
                features[band * FRAMES + at] = (float) log;
                loudest = Math.max(loudest, log);
            }
        }
        double floor = loudest - RANGE;
        for (int i = 0; i < features.length; i++) {
            features[i] = (float) ((Math.max(features[i], floor) + 4) / 4);
        }
        return features;
    }

    /** Writes the last {@code count} samples, and before them silence, at mean 0 and variance 1. */
    private static void normalize(short[] samples, int count, double[] audio) {
        double sum = 0;
        double squares = 0;
        int first = samples.length - count;
        for (int i = first; i < samples.length; i++) {
            double value = samples[i] / 32768.0;
            sum += value;
            squares += value * value;
        }
        double mean = sum / SAMPLES;
        double scale = 1 / Math.sqrt(Math.max(0, squares / SAMPLES - mean * mean) + VARIANCE_FLOOR);
        int silent = SAMPLES - count;
        Arrays.fill(audio, 0, silent, -mean * scale);
        for (int i = 0; i < count; i++) {
            audio[silent + i] = (samples[first + i] / 32768.0 - mean) * scale;
        }
    }

    /** A windowed frame; beyond both ends of the audio stands its mirror image. */
    private static void cut(double[] audio, int from, double[] frame) {
        for (int i = 0; i < frame.length; i++) {
            int at = Math.abs(from + i);
            if (at >= SAMPLES) {
                at = 2 * (SAMPLES - 1) - at;
            }
            frame[i] = audio[at] * WINDOW[i];
        }
    }

    private static double sum(Band band, double[] power) {
        double sum = 0;
        for (int i = 0; i < band.weights().length; i++) {
            sum += band.weights()[i] * power[band.firstBin() + i];
        }
        return Math.max(POWER_FLOOR, sum);
    }
}
