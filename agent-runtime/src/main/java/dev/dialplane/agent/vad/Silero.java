package dev.dialplane.agent.vad;

import java.util.Arrays;
import java.util.Objects;

/**
 * Silero VAD v6 at 8 kHz: how likely it is that a window of 32 ms is speech, given all windows before it.
 *
 * <p>The forward pass of the original model (MIT, github.com/snakers4/silero-vad), within 1e-4 of what ONNX Runtime makes
 * of it: a short-time Fourier magnitude, four convolutions, an LSTM cell, a sigmoid. No allocation after construction; one
 * instance for one stream, for one thread at a time.
 */
public final class Silero {
    /** Samples in a window: 32 ms. */
    public static final int WINDOW = 256;

    /** The model's sampling rate in Hz. */
    public static final int RATE = 8000;

    private static final int CONTEXT = 32;
    private static final int PADDING = 32;
    private static final int FRAME = 128;
    private static final int HOP = 64;
    private static final int FRAMES = 4;
    private static final int BINS = SileroWeights.BINS;
    private static final int HIDDEN = SileroWeights.HIDDEN;
    /** Of all layers, the second convolution has most: three taps of 128. */
    private static final int MOST_INPUTS = 3 * 128;

    /** Inputs of a layer that are taken at once. */
    private static final int STEP = 4;

    private final SileroWeights weights = SileroWeights.shared();
    private final Spectrum spectrum = new Spectrum();
    private final float[] signal = new float[CONTEXT + WINDOW + PADDING];
    /** Time-major with one step of zero padding at both ends: the three taps of one output lie side by side. */
    private final float[] magnitudes = new float[(FRAMES + 2) * BINS];

    private final float[] first = new float[(FRAMES + 2) * 128];
    private final float[] second = new float[2 * 64];
    private final float[] third = new float[64];
    /** What goes into the LSTM: the encoder's output, then the hidden state. */
    private final float[] inputAndHidden = new float[2 * HIDDEN];

    private final float[] sums128 = new float[128];
    private final float[] sums64 = new float[64];
    /** The inputs of a layer that are not zero: which, and what they are; then zeros up to a multiple of {@link #STEP}. */
    private final int[] rows = new int[MOST_INPUTS + STEP];

    private final float[] values = new float[MOST_INPUTS + STEP];

    private final float[] cell = new float[HIDDEN];
    private final float[] gates = new float[4 * HIDDEN];

    /** Starts without a past. */
    public Silero() {}

    /** Forgets the stream. */
    public void reset() {
        Arrays.fill(signal, 0);
        Arrays.fill(inputAndHidden, 0);
        Arrays.fill(cell, 0);
    }

    /**
     * The probability, 0 to 1, that the next window is speech.
     *
     * @throws IndexOutOfBoundsException if {@code samples} does not hold a whole window from {@code offset} on
     */
    public float probability(short[] samples, int offset) {
        Objects.checkFromIndexSize(offset, WINDOW, samples.length);
        System.arraycopy(signal, WINDOW, signal, 0, CONTEXT);
        for (int i = 0; i < WINDOW; i++) {
            signal[CONTEXT + i] = samples[offset + i] * (1f / 32768);
        }
        int end = CONTEXT + WINDOW;
        for (int i = 0; i < PADDING; i++) {
            signal[end + i] = signal[end - 2 - i];
        }
        for (int frame = 0; frame < FRAMES; frame++) {
            spectrum.magnitudes(signal, frame * HOP, magnitudes, (frame + 1) * BINS);
        }
        SileroWeights w = weights;
        for (int t = 0; t < FRAMES; t++) {
            layer(w.conv0, w.bias0, magnitudes, t * BINS, sums128, first, (t + 1) * 128);
        }
        layer(w.conv1, w.bias1, first, 0, sums64, second, 0);
        layer(w.conv1, w.bias1, first, 2 * 128, sums64, second, 64);
        layer(w.conv2, w.bias2, second, 0, sums64, third, 0);
        layer(w.conv3, w.bias3, third, 0, sums128, inputAndHidden, 0);
        product(w.lstm, w.lstmBias, inputAndHidden, 0, gates);
        float sum = w.outputBias;
        for (int i = 0; i < HIDDEN; i++) {
            float c = sigmoid(gates[HIDDEN + i]) * cell[i] + sigmoid(gates[i]) * tanh(gates[2 * HIDDEN + i]);
            float h = sigmoid(gates[3 * HIDDEN + i]) * tanh(c);
            cell[i] = c;
            inputAndHidden[HIDDEN + i] = h;
            sum += Math.max(0, h) * w.output[i];
        }
        return sigmoid(sum);
    }

    private void layer(
            float[][] weights, float[] bias, float[] in, int inOffset, float[] sums, float[] out, int outOffset) {
        product(weights, bias, in, inOffset, sums);
        for (int i = 0; i < sums.length; i++) {
            out[outOffset + i] = Math.max(0, sums[i]);
        }
    }

    /**
     * A matrix times a vector, {@link #STEP} inputs at a time for all outputs: each sum is read and written once for four
     * products, and sums do not wait for one another, so that a compiler that can takes eight at once.
     *
     * <p>Inputs that are zero are passed over, and their weights are not even read: a layer's outputs that are not positive
     * are zero, which is about every second, and so is padding.
     */
    private void product(float[][] weights, float[] bias, float[] in, int inOffset, float[] sums) {
        System.arraycopy(bias, 0, sums, 0, sums.length);
        int count = 0;
        for (int i = 0; i < weights.length; i++) {
            float x = in[inOffset + i];
            if (x != 0) {
                rows[count] = i;
                values[count++] = x;
            }
        }
        for (int i = count; i < count + STEP - 1; i++) {
            rows[i] = 0;
            values[i] = 0;
        }
        for (int i = 0; i < count; i += STEP) {
            add(
                    sums,
                    weights[rows[i]],
                    values[i],
                    weights[rows[i + 1]],
                    values[i + 1],
                    weights[rows[i + 2]],
                    values[i + 2],
                    weights[rows[i + 3]],
                    values[i + 3]);
        }
    }

    private static void add(
            float[] sums, float[] a, float x, float[] b, float y, float[] c, float z, float[] d, float u) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += (a[i] * x + b[i] * y) + (c[i] * z + d[i] * u);
        }
    }

    private static float sigmoid(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }

    private static float tanh(float x) {
        return 2 * sigmoid(2 * x) - 1;
    }

    /** The magnitudes of 65 bins of a 128-point DFT under a periodic Hann window, as the model's Fourier basis has it. */
    private static final class Spectrum {
        private static final int HALF = FRAME / 2;

        private final float[] window = new float[FRAME];
        private final float[] cos = new float[HALF];
        private final float[] sin = new float[HALF];
        private final int[] reversed = new int[HALF];
        private final float[] re = new float[HALF];
        private final float[] im = new float[HALF];

        Spectrum() {
            for (int i = 0; i < FRAME; i++) {
                window[i] = (float) (0.5 - 0.5 * Math.cos(2 * Math.PI * i / FRAME));
            }
            for (int i = 0; i < HALF; i++) {
                cos[i] = (float) Math.cos(2 * Math.PI * i / FRAME);
                sin[i] = (float) Math.sin(2 * Math.PI * i / FRAME);
                reversed[i] = Integer.reverse(i) >>> 26;
            }
        }

        /** A real transform of 128 points by a complex one of 64: even samples as real, odd ones as imaginary parts. */
        void magnitudes(float[] in, int offset, float[] out, int outOffset) {
            for (int i = 0; i < HALF; i++) {
                int from = 2 * reversed[i];
                re[i] = in[offset + from] * window[from];
                im[i] = in[offset + from + 1] * window[from + 1];
            }
            for (int size = 2; size <= HALF; size <<= 1) {
                int half = size >> 1;
                int step = FRAME / size;
                for (int k = 0; k < half; k++) {
                    float wr = cos[k * step];
                    float wi = -sin[k * step];
                    for (int i = k; i < HALF; i += size) {
                        int j = i + half;
                        float tr = wr * re[j] - wi * im[j];
                        float ti = wr * im[j] + wi * re[j];
                        re[j] = re[i] - tr;
                        im[j] = im[i] - ti;
                        re[i] += tr;
                        im[i] += ti;
                    }
                }
            }
            out[outOffset] = Math.abs(re[0] + im[0]);
            out[outOffset + HALF] = Math.abs(re[0] - im[0]);
            for (int k = 1; k < HALF; k++) {
                int m = HALF - k;
                float evenRe = 0.5f * (re[k] + re[m]);
                float evenIm = 0.5f * (im[k] - im[m]);
                float oddRe = 0.5f * (im[k] + im[m]);
                float oddIm = -0.5f * (re[k] - re[m]);
                float x = evenRe + cos[k] * oddRe + sin[k] * oddIm;
                float y = evenIm + cos[k] * oddIm - sin[k] * oddRe;
                out[outOffset + k] = (float) Math.sqrt(x * x + y * y);
            }
        }
    }
}
