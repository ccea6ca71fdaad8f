package dev.dialplane.inference.local;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.answers.Answers;
import dev.dialplane.inference.answers.AnswersDialogue;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.ending.EndOfTurnModel;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.local.moonshine.Moonshine;
import dev.dialplane.inference.local.moonshine.MoonshineRecognizer;
import dev.dialplane.inference.local.sentence.MiniLm;
import dev.dialplane.inference.local.smartturn.SmartTurn;
import dev.dialplane.inference.local.smollm.SmolLmDialogue;
import dev.dialplane.inference.model.Composition;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.model.Provider;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.speaking.ClauseVoice;
import dev.dialplane.inference.speaking.PhraseCache;
import dev.dialplane.inference.speaking.Voice;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/** Provider {@code local}: real models on this machine's CPU. They share its cores by one queue. */
@ApplicationScoped
public class LocalProvider implements Provider {
    /** As pools name it. */
    public static final String NAME = "local";

    private static final Logger LOG = Logger.getLogger(LocalProvider.class);
    private static final String MOONSHINE = "moonshine-tiny";
    private static final String VOCABULARY = "moonshine-vocabulary";
    private static final String ANSWERS = "answers";
    private static final String SMOLLM = "smollm2-135m";
    private static final String SMART_TURN = "smart-turn-v3";
    private static final String SMART_TURN_WEIGHTS = "smart-turn-v3.2-cpu.onnx";
    /** Hears, thinks and speaks by the models above. */
    private static final String CASCADE = "cascade";

    private static final String SMOLLM_WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private final ModelFiles files;
    private final ComputeQueue queue;
    private final LocalVoices voices;
    private final Loaded<MoonshineRecognizer> moonshine;
    private final Loaded<AnswersDialogue> answers;
    private final Loaded<SmolLmDialogue> smollm;
    private final Loaded<SmartTurn> smartTurn;

    public LocalProvider(InferenceConfig config, MeterRegistry registry) {
        files = ModelFiles.byEnvironment(config.modelsDirectory(), System.getenv());
        int workers = config.local().workers().orElse(Runtime.getRuntime().availableProcessors());
        queue = new ComputeQueue("local", workers, config.local().queue());
        OnnxModels onnx = new OnnxModels(config.local().threads());
        PhraseCache cache = new PhraseCache(config.phraseCacheBytes());
        voices = new LocalVoices(files, onnx, queue, cache);
        moonshine = new Loaded<>(MOONSHINE, () -> {
            orDown(MOONSHINE, missingMoonshine());
            return new MoonshineRecognizer(
                    Moonshine.load(
                            files.file(MOONSHINE, "encoder_model.onnx"),
                            files.file(MOONSHINE, "decoder_model_merged.onnx"),
                            files.file(VOCABULARY, "llama-tokenizer.js"),
                            onnx),
                    queue);
        });
        answers = new Loaded<>(ANSWERS, () -> new AnswersDialogue(MiniLm.load(onnx), queue, InstantSource.system()));
        smollm = new Loaded<>(SMOLLM, () -> {
            orDown(SMOLLM, files.missing(SMOLLM, SMOLLM_WEIGHTS));
            return SmolLmDialogue.load(
                    files.file(SMOLLM, SMOLLM_WEIGHTS), config.local().threads());
        });
        smartTurn = new Loaded<>(SMART_TURN, () -> {
            orDown(SMART_TURN, files.missing(SMART_TURN, SMART_TURN_WEIGHTS));
            return SmartTurn.load(files.file(SMART_TURN, SMART_TURN_WEIGHTS), onnx, queue);
        });
        Tags tags = Tags.of("gen_ai.provider.name", NAME);
        registry.gauge("dialplane.inference.queue.waiting", tags, queue, ComputeQueue::waiting);
        registry.gauge("dialplane.inference.queue.computing", tags, queue, ComputeQueue::busy);
        registry.gauge("dialplane.inference.phrases.bytes", tags, cache, PhraseCache::bytes);
    }

    private static void orDown(String model, Optional<String> missing) {
        missing.ifPresent(why -> {
            throw ModelException.providerDown(NAME, model, why);
        });
    }

    private Optional<String> missingMoonshine() {
        return files.missing(MOONSHINE, "encoder_model.onnx", "decoder_model_merged.onnx")
                .or(() -> files.missing(VOCABULARY, "llama-tokenizer.js"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ModelDescription> models() {
        return List.of(
                describe(MOONSHINE, ModelPart.SPEECH_TO_TEXT, missingMoonshine(), "Moonshine tiny, English"),
                describe(ANSWERS, ModelPart.LANGUAGE_MODEL, Optional.empty(), "the pool's answers, by MiniLM"),
                describe(
                        SMOLLM,
                        ModelPart.LANGUAGE_MODEL,
                        files.missing(SMOLLM, SMOLLM_WEIGHTS),
                        "SmolLM2 135M, a small language model"),
                describe(LocalVoices.PIPER, ModelPart.TEXT_TO_SPEECH, voices.missingPiper(), voices.piper()),
                describe(LocalVoices.FLITE, ModelPart.TEXT_TO_SPEECH, voices.missingFlite(), "flite, voice slt"),
                describe(
                        CASCADE,
                        ModelPart.SPEECH_TO_SPEECH,
                        missingMoonshine().or(voices::missingPiper),
                        String.join(", ", MOONSHINE, ANSWERS, LocalVoices.PIPER) + " behind one stream"),
                describe(
                        SMART_TURN,
                        ModelPart.END_OF_TURN,
                        files.missing(SMART_TURN, SMART_TURN_WEIGHTS),
                        "Smart Turn v3.2, by the caller's voice"));
    }

    private static ModelDescription describe(String model, ModelPart part, Optional<String> missing, String detail) {
        return ModelDescription.newBuilder()
                .setProvider(NAME)
                .setModel(model)
                .setRole(part.role())
                .setAvailable(missing.isEmpty())
                .setDetail(missing.orElse(detail))
                .addLanguages("en")
                .build();
    }

    @Override
    public Optional<Recognizer> recognizer(String model) {
        return model.equals(MOONSHINE) ? Optional.of(moonshine.get()) : Optional.empty();
    }

    @Override
    public Optional<Dialogue> dialogue(String model) {
        return switch (model) {
            case ANSWERS -> Optional.of(answers.get());
            case SMOLLM -> Optional.of(smollm.get());
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<Voice> voice(String model, String voice) {
        return switch (model) {
            case LocalVoices.PIPER, LocalVoices.FLITE -> Optional.of(voices.get(model));
            default -> Optional.empty();
        };
    }

    @Override
    public Optional<Composition> speechToSpeech(String model) {
        return model.equals(CASCADE)
                ? Optional.of(new Composition(MOONSHINE, ANSWERS, LocalVoices.PIPER))
                : Optional.empty();
    }

    @Override
    public Optional<EndOfTurnModel> endOfTurn(String model) {
        return model.equals(SMART_TURN) ? Optional.of(smartTurn.get()) : Optional.empty();
    }

    @Override
    public void prepare(String model, ModelPart part, PreparedSpec spec) {
        switch (model) {
            case ANSWERS -> answers.get().answers(spec);
            case SMOLLM -> smollm.get().warm(spec);
            case LocalVoices.PIPER, LocalVoices.FLITE -> speakAhead(voices.get(model), spec);
            default -> {}
        }
    }

    /** What callers will hear word for word is spoken now; what they may hear, later. */
    private void speakAhead(ClauseVoice voice, PreparedSpec spec) {
        ModelRef dialogue = spec.spec().getPipeline().getLanguageModel();
        if (!dialogue.getProvider().equals(NAME) || !dialogue.getModel().equals(ANSWERS)) {
            return;
        }
        Answers known = answers.get().answers(spec);
        known.fixedTexts().forEach(text -> voice.keep("prepare", text).join());
        Thread.ofVirtual().name("speak-ahead").start(() -> {
            try {
                known.rarerTexts().forEach(text -> voice.keep("prepare", text).join());
            } catch (CompletionException e) {
                LOG.warnf("phrases of spec %s were not spoken ahead: %s", spec.hash(), e.getMessage());
            }
        });
    }

    @PreDestroy
    void stop() {
        queue.close();
        SmolLmDialogue running = smollm.peek();
        if (running != null) {
            running.close();
        }
    }
}
