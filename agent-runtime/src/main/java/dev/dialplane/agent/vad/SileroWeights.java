package dev.dialplane.agent.vad;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The 8 kHz weights of Silero VAD v6 (MIT, Silero Team), laid out for {@link Silero}. Loaded once, shared, never changed.
 *
 * <p>The resource is made by {@code src/main/vad/extract_silero.py} and holds the model's own tensors. Here each layer is
 * a matrix of one array for each input (a convolution's are {@code tap × input}) with that input's weights for all
 * outputs, and the two LSTM matrices become one over {@code (input, hidden)}. An array of its own for each, since the
 * compiler computes with several numbers at once only where it sees that what it writes is not what it reads next: with
 * one array and offsets it does not.
 */
final class SileroWeights {
    static final int HIDDEN = 128;
    static final int BINS = 65;

    private static final byte[] MAGIC = {'S', 'I', 'L', 'E', 'R', 'O', '8', 1};

    /** [3 taps × 65][128], [3 × 128][64], [2 × 64][64] (taps 1 and 2), [64][128] (tap 1). */
    final float[][] conv0;

    final float[] bias0;
    final float[][] conv1;
    final float[] bias1;
    final float[][] conv2;
    final float[] bias2;
    final float[][] conv3;
    final float[] bias3;
    /** [128 input + 128 hidden][4 gates × 128]; gates in the order input, forget, cell, output. */
    final float[][] lstm;

    final float[] lstmBias;
    final float[] output;
    final float outputBias;

    private SileroWeights(ByteBuffer in) {
        conv0 = taps(in, 128, BINS, 0, 1, 2);
        bias0 = floats(in, 128);
        conv1 = taps(in, 64, 128, 0, 1, 2);
        bias1 = floats(in, 64);
        // Two time steps come in and one goes out, padded on both sides: the first tap only ever sees padding.
        conv2 = taps(in, 64, 64, 1, 2);
        bias2 = floats(in, 64);
        // One time step: only the middle tap sees it.
        conv3 = taps(in, 128, 64, 1);
        bias3 = floats(in, 128);
        float[] fromInput = floats(in, 4 * HIDDEN * HIDDEN);
        float[] fromHidden = floats(in, 4 * HIDDEN * HIDDEN);
        lstm = new float[2 * HIDDEN][4 * HIDDEN];
        for (int output = 0; output < 4 * HIDDEN; output++) {
            for (int input = 0; input < HIDDEN; input++) {
                lstm[input][output] = fromInput[output * HIDDEN + input];
                lstm[HIDDEN + input][output] = fromHidden[output * HIDDEN + input];
            }
        }
        lstmBias = floats(in, 4 * HIDDEN);
        float[] hiddenBias = floats(in, 4 * HIDDEN);
        for (int i = 0; i < lstmBias.length; i++) {
            lstmBias[i] += hiddenBias[i];
        }
        output = floats(in, HIDDEN);
        outputBias = in.getFloat();
        if (in.hasRemaining()) {
            throw new IllegalStateException("the VAD's weights have " + in.remaining() + " bytes too many");
        }
    }

    static SileroWeights shared() {
        return Holder.SHARED;
    }

    private static SileroWeights load() {
        try (InputStream resource = SileroWeights.class.getResourceAsStream("silero-v6-8k.bin")) {
            if (resource == null) {
                throw new IllegalStateException("the VAD's weights are not on the class path");
            }
            DataInputStream in = new DataInputStream(resource);
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new IllegalStateException("the VAD's weights are of another format");
            }
            return new SileroWeights(ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new IllegalStateException("the VAD's weights cannot be read", e);
        }
    }

    /** A weight of shape [outputs][inputs][3] as [taps × inputs][outputs], with only the taps that matter. */
    private static float[][] taps(ByteBuffer in, int outputs, int inputs, int... wanted) {
        float[] all = floats(in, outputs * inputs * 3);
        float[][] result = new float[inputs * wanted.length][outputs];
        int row = 0;
        for (int tap : wanted) {
            for (int input = 0; input < inputs; input++, row++) {
                for (int output = 0; output < outputs; output++) {
                    result[row][output] = all[(output * inputs + input) * 3 + tap];
                }
            }
        }
        return result;
    }

    private static float[] floats(ByteBuffer in, int count) {
        float[] result = new float[count];
        in.asFloatBuffer().get(result);
        in.position(in.position() + 4 * count);
        return result;
    }

    private static final class Holder {
        static final SileroWeights SHARED = load();
    }
}
