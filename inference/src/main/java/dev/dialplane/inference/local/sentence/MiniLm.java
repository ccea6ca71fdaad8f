package dev.dialplane.inference.local.sentence;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.dialplane.inference.answers.SentenceEmbedder;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.local.OnnxModels;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Map;

/**
 * Sentence embeddings by all-MiniLM-L6-v2, quantized: the mean of its last layer over the tokens, at length 1. The model
 * and its vocabulary come with a Maven artifact, so that they are always there.
 */
public final class MiniLm implements SentenceEmbedder {
    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";
    private static final int MAX_TOKENS = 128;

    private final OrtSession session;
    private final WordPieces words;

    private MiniLm(OrtSession session, WordPieces words) {
        this.session = session;
        this.words = words;
    }

    /** Loads the model from the class path. */
    public static MiniLm load(OnnxModels onnx) throws IOException, OrtException {
        try (InputStream model = resource(MODEL);
                InputStream tokenizer = resource(TOKENIZER)) {
            return new MiniLm(onnx.open(model.readAllBytes()), WordPieces.read(tokenizer));
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = Thread.currentThread().getContextClassLoader().getResourceAsStream(name.substring(1));
        in = in == null ? MiniLm.class.getResourceAsStream(name) : in;
        if (in == null) {
            throw new IOException(name + " is not on the class path");
        }
        return in;
    }

    @Override
    public float[] embed(String sentence) {
        long[] ids = words.ids(sentence, MAX_TOKENS);
        long[] shape = {1, ids.length};
        long[] ones = new long[ids.length];
        java.util.Arrays.fill(ones, 1);
        OrtEnvironment environment = OnnxModels.environment();
        try (OnnxTensor input = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.allocate(ids.length), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", input, "attention_mask", mask, "token_type_ids", types))) {
            return mean(((OnnxTensor) result.get(0)).getFloatBuffer(), ids.length);
        } catch (OrtException e) {
            throw ModelException.providerDown("local", "answers", String.valueOf(e.getMessage()));
        }
    }

    private static float[] mean(FloatBuffer states, int tokens) {
        int size = states.remaining() / tokens;
        float[] mean = new float[size];
        for (int token = 0; token < tokens; token++) {
            for (int i = 0; i < size; i++) {
                mean[i] += states.get(token * size + i);
            }
        }
        double length = 0;
        for (float value : mean) {
            length += value * value;
        }
        float scale = (float) (1 / Math.sqrt(Math.max(length, 1e-12)));
        for (int i = 0; i < size; i++) {
            mean[i] *= scale;
        }
        return mean;
    }
}
