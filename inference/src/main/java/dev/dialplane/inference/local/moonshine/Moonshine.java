package dev.dialplane.inference.local.moonshine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.local.OnnxModels;
import dev.dialplane.inference.queue.Work;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * Moonshine: an encoder over the samples themselves, and a decoder that is run token by token, each time with the keys and
 * values that it gave the time before.
 *
 * <p>Which tensors those are is read from the decoder's own inputs and outputs: {@code past_key_values.X} takes what
 * {@code present.X} gave, and what concerns the encoder is given once, by the first run.
 */
public final class Moonshine {
    /** Samples per second that it hears. */
    public static final int SAMPLE_RATE = 16_000;

    private static final int START = 1;
    private static final int END = 2;
    private static final String PAST = "past_key_values.";
    private static final String PRESENT = "present.";
    /** Speech has fewer tokens than this; the model's authors cap at 6 a second. */
    private static final double TOKENS_PER_SECOND = 6.5;

    private static final int SPARE_TOKENS = 8;
    /** The encoder's convolutions need some samples to say anything at all. */
    private static final int MIN_SAMPLES = SAMPLE_RATE / 2;

    /** What was heard, and how sure the model is, 0 to 1. */
    public record Heard(String text, float confidence) {}

    private final OrtSession encoder;
    private final OrtSession decoder;
    private final Vocabulary vocabulary;
    /** Past inputs, with the shape of one that holds nothing. */
    private final Map<String, long[]> pastShapes = new LinkedHashMap<>();

    private Moonshine(OrtSession encoder, OrtSession decoder, Vocabulary vocabulary) throws OrtException {
        this.encoder = encoder;
        this.decoder = decoder;
        this.vocabulary = vocabulary;
        for (NodeInfo input : decoder.getInputInfo().values()) {
            if (input.getName().startsWith(PAST)) {
                long[] shape = ((TensorInfo) input.getInfo()).getShape().clone();
                shape[0] = 1;
                shape[2] = 0;
                pastShapes.put(input.getName(), shape);
            }
        }
    }

    /** Loads the model from its files. */
    public static Moonshine load(Path encoder, Path decoder, Path vocabulary, OnnxModels onnx)
            throws IOException, OrtException {
        return new Moonshine(onnx.open(encoder), onnx.openForSteps(decoder), Vocabulary.read(vocabulary));
    }

    /**
     * Hears speech of up to about half a minute. Silence and noise give an empty text.
     *
     * @param samples at {@link #SAMPLE_RATE}, −1 to 1
     * @throws CancellationException once nobody wants the result
     */
    public Heard hear(float[] samples, Work work) {
        OrtEnvironment environment = OnnxModels.environment();
        FloatBuffer audio = FloatBuffer.allocate(Math.max(samples.length, MIN_SAMPLES));
        audio.put(samples).rewind();
        int most = SPARE_TOKENS + (int) (TOKENS_PER_SECOND * samples.length / SAMPLE_RATE);
        try (OrtSession.RunOptions options = new OrtSession.RunOptions();
                OnnxTensor input = OnnxTensor.createTensor(environment, audio, new long[] {1, audio.capacity()})) {
            work.onCancel(() -> OnnxModels.terminate(options));
            try (OrtSession.Result encoded =
                    encoder.run(Map.of("input_values", input), encoder.getOutputNames(), options)) {
                return decode((OnnxTensor) encoded.get(0), most, options, work);
            } finally {
                work.onCancel(null);
            }
        } catch (OrtException e) {
            if (work.cancelled()) {
                throw new CancellationException();
            }
            throw ModelException.providerDown("local", "moonshine-tiny", String.valueOf(e.getMessage()));
        }
    }

    private Heard decode(OnnxTensor states, int most, OrtSession.RunOptions options, Work work) throws OrtException {
        OrtEnvironment environment = OnnxModels.environment();
        int[] tokens = new int[most];
        int count = 0;
        double logProbability = 0;
        int token = START;
        List<OrtSession.Result> results = new ArrayList<>();
        List<OnnxTensor> empty = new ArrayList<>();
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (Map.Entry<String, long[]> past : pastShapes.entrySet()) {
                OnnxTensor none = OnnxTensor.createTensor(
                        environment,
                        ByteBuffer.allocateDirect(0)
                                .order(ByteOrder.nativeOrder())
                                .asFloatBuffer(),
                        past.getValue());
                empty.add(none);
                inputs.put(past.getKey(), none);
            }
            inputs.put("encoder_hidden_states", states);
            while (count < most) {
                work.check();
                boolean first = results.isEmpty();
                try (OnnxTensor ids = OnnxTensor.createTensor(
                                environment, LongBuffer.wrap(new long[] {token}), new long[] {1, 1});
                        OnnxTensor cached = OnnxTensor.createTensor(environment, new boolean[] {!first})) {
                    inputs.put("input_ids", ids);
                    inputs.put("use_cache_branch", cached);
                    OrtSession.Result result = decoder.run(inputs, decoder.getOutputNames(), options);
                    results.add(result);
                    Choice choice = Choice.of(((OnnxTensor) result.get("logits").orElseThrow()).getFloatBuffer());
                    carryOver(result, inputs, first);
                    // The first result holds the encoder's keys and values; of the others only the newest is needed.
                    if (results.size() > 2) {
                        results.remove(1).close();
                    }
                    token = choice.token();
                    if (token == END) {
                        break;
                    }
                    logProbability += choice.logProbability();
                }
                tokens[count++] = token;
                int keep = Repetition.keep(tokens, count);
                if (keep < count) {
                    count = keep;
                    break;
                }
            }
        } finally {
            results.forEach(OrtSession.Result::close);
            empty.forEach(OnnxTensor::close);
        }
        return new Heard(vocabulary.text(tokens, count), count == 0 ? 1 : (float) Math.exp(logProbability / count));
    }

    private static void carryOver(OrtSession.Result result, Map<String, OnnxTensor> inputs, boolean first) {
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getKey().startsWith(PRESENT) && (first || output.getKey().contains(".decoder."))) {
                inputs.put(PAST + output.getKey().substring(PRESENT.length()), (OnnxTensor) output.getValue());
            }
        }
    }

    /** The likeliest token. */
    private record Choice(int token, double logProbability) {
        static Choice of(FloatBuffer logits) {
            float best = Float.NEGATIVE_INFINITY;
            int token = 0;
            int size = logits.remaining();
            for (int i = 0; i < size; i++) {
                float logit = logits.get(i);
                if (logit > best) {
                    best = logit;
                    token = i;
                }
            }
            double sum = 0;
            for (int i = 0; i < size; i++) {
                float below = logits.get(i) - best;
                // Less than a millionth of the best one changes nothing.
                if (below > -14) {
                    sum += Math.exp(below);
                }
            }
            return new Choice(token, -Math.log(sum));
        }
    }
}
