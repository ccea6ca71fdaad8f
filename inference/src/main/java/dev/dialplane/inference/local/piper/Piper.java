package dev.dialplane.inference.local.piper;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.local.OnnxModels;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.speaking.Clip;
import dev.dialplane.inference.speaking.SpeechEngine;
import dev.dialplane.inference.speaking.SpokenForm;
import dev.dialplane.inference.speaking.wording.Wording;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A Piper voice: VITS from phonemes to samples in one go, so the first sample of a clause comes with its last.
 *
 * <p>Input names, phoneme ids and scales are those of the voice's own files.
 */
public final class Piper implements SpeechEngine {
    private static final String LANGUAGE_DEFAULT = "en-us";

    private final String voice;
    private final OrtSession session;
    private final Espeak espeak;
    private final Wording wording;
    private final PhonemeIds ids;
    private final int sampleRate;
    private final float[] scales;

    private Piper(String voice, OrtSession session, Espeak espeak, String language, JsonNode configuration) {
        this.voice = voice;
        this.session = session;
        this.espeak = espeak;
        wording = Wording.of(Locale.forLanguageTag(language));
        ids = PhonemeIds.of(configuration.path("phoneme_id_map"));
        sampleRate = configuration.path("audio").path("sample_rate").asInt();
        JsonNode inference = configuration.path("inference");
        scales = new float[] {
            (float) inference.path("noise_scale").asDouble(0.667),
            (float) inference.path("length_scale").asDouble(1),
            (float) inference.path("noise_w").asDouble(0.8)
        };
    }

    /**
     * Loads a voice.
     *
     * @param model the voice's {@code .onnx} file, with its {@code .onnx.json} beside it
     * @param directories where to look for espeak-ng before the system's own places
     * @throws UnsatisfiedLinkError if espeak-ng is not there
     */
    public static Piper load(String voice, Path model, OnnxModels onnx, List<Path> directories)
            throws IOException, OrtException {
        JsonNode configuration =
                new JsonMapper().readTree(Files.readAllBytes(model.resolveSibling(model.getFileName() + ".json")));
        String language = configuration.path("espeak").path("voice").asText(LANGUAGE_DEFAULT);
        Espeak espeak = Espeak.load(directories, language);
        return new Piper(voice, onnx.open(model), espeak, language, configuration);
    }

    @Override
    public String voice() {
        return voice;
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    @Override
    public Clip speak(String clause, Work work) {
        SpokenForm form = SpokenForm.of(clause, wording);
        String phonemes = espeak.phonemes(form.text());
        if (phonemes.isBlank()) {
            return new Clip(clause, new short[0], List.of());
        }
        char mark = Trimmed.mark(clause);
        work.check();
        short[] samples = Trimmed.of(run(ids.of(phonemes, mark), work), sampleRate, mark);
        return new Clip(clause, samples, form.spans(samples.length, phonemes));
    }

    private float[] run(long[] input, Work work) {
        OrtEnvironment environment = OnnxModels.environment();
        try (OrtSession.RunOptions options = new OrtSession.RunOptions();
                OnnxTensor tokens =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(input), new long[] {1, input.length});
                OnnxTensor lengths = OnnxTensor.createTensor(
                        environment, LongBuffer.wrap(new long[] {input.length}), new long[] {1});
                OnnxTensor scale = OnnxTensor.createTensor(environment, FloatBuffer.wrap(scales), new long[] {3})) {
            work.onCancel(() -> OnnxModels.terminate(options));
            try (OrtSession.Result result = session.run(
                    Map.of("input", tokens, "input_lengths", lengths, "scales", scale),
                    session.getOutputNames(),
                    options)) {
                FloatBuffer samples = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] copy = new float[samples.remaining()];
                samples.get(copy);
                return copy;
            } finally {
                work.onCancel(null);
            }
        } catch (OrtException e) {
            if (work.cancelled()) {
                throw new CancellationException();
            }
            throw ModelException.providerDown("local", voice, String.valueOf(e.getMessage()));
        }
    }
}
