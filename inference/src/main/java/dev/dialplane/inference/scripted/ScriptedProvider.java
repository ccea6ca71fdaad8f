package dev.dialplane.inference.scripted;

import dev.dialplane.audio.WavReader;
import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.model.Composition;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.model.Provider;
import dev.dialplane.inference.scripted.Script.VoiceScript;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Provider {@code scripted}: models that do what a YAML file says. Needs no downloads and no computing. */
@ApplicationScoped
public class ScriptedProvider implements Provider {
    /** As pools name it. */
    public static final String NAME = "scripted";

    private static final Logger LOG = Logger.getLogger(ScriptedProvider.class);
    private static final String BUILT_IN = "sample-conversation.yaml";

    private final Map<String, Recognizer> recognizers = new HashMap<>();
    private final Map<String, Dialogue> dialogues = new HashMap<>();
    private final Map<String, Voice> voices = new HashMap<>();
    private final String origin;

    public ScriptedProvider(InferenceConfig config, Timers timers) {
        Path file = config.scripted().file().orElse(null);
        origin = file == null ? "built-in " + BUILT_IN : file.toString();
        try {
            // The built-in models, and above all the apology, are there whatever a file defines.
            Script always = ScriptReader.read(BUILT_IN, builtIn());
            add(always, () -> always, null, timers);
            if (file != null) {
                LiveScript live = new LiveScript(file);
                add(live.now(), live::now, file, timers);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("dialplane.inference.scripted.file cannot be read: " + origin, e);
        }
        LOG.infof("scripted models from %s", origin);
    }

    private static byte[] builtIn() throws IOException {
        try (InputStream in = ScriptedProvider.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new IllegalStateException(BUILT_IN + " is missing beside " + ScriptedProvider.class);
            }
            return in.readAllBytes();
        }
    }

    /** Models by the names that they have at first; what each does is what the script says when it does it. */
    private void add(Script script, Supplier<Script> live, @Nullable Path file, Timers timers) throws IOException {
        script.speechToText()
                .forEach((name, first) -> recognizers.put(
                        name,
                        new ScriptedRecognizer(
                                name, () -> live.get().speechToText().getOrDefault(name, first), timers)));
        script.languageModel()
                .forEach((name, first) -> dialogues.put(
                        name,
                        new ScriptedDialogue(
                                name, () -> live.get().languageModel().getOrDefault(name, first), timers)));
        for (Map.Entry<String, VoiceScript> voice : script.textToSpeech().entrySet()) {
            String name = voice.getKey();
            VoiceScript first = voice.getValue();
            voices.put(
                    name,
                    new ScriptedVoice(
                            name,
                            () -> live.get().textToSpeech().getOrDefault(name, first),
                            recordings(first, file),
                            timers));
        }
    }

    private static Map<String, short[]> recordings(VoiceScript script, @Nullable Path file) throws IOException {
        Map<String, short[]> recordings = new HashMap<>();
        for (Map.Entry<String, String> recording : script.recordings().entrySet()) {
            Path wav = file == null ? Path.of(recording.getValue()) : file.resolveSibling(recording.getValue());
            recordings.put(recording.getKey().strip(), WavReader.read(wav).mono(script.sampleRate()));
        }
        return recordings;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ModelDescription> models() {
        List<ModelDescription> models = new ArrayList<>();
        describe(recognizers.keySet(), ModelPart.SPEECH_TO_TEXT, models);
        describe(dialogues.keySet(), ModelPart.LANGUAGE_MODEL, models);
        describe(voices.keySet(), ModelPart.TEXT_TO_SPEECH, models);
        Set<String> whole = new TreeSet<>(recognizers.keySet());
        whole.removeIf(name -> speechToSpeech(name).isEmpty());
        describe(whole, ModelPart.SPEECH_TO_SPEECH, models);
        return models;
    }

    private void describe(Set<String> names, ModelPart part, List<ModelDescription> models) {
        for (String name : names) {
            models.add(ModelDescription.newBuilder()
                    .setProvider(NAME)
                    .setModel(name)
                    .setRole(part.role())
                    .setAvailable(true)
                    .setDetail(origin)
                    .build());
        }
    }

    @Override
    public Optional<Recognizer> recognizer(String model) {
        return Optional.ofNullable(recognizers.get(model));
    }

    @Override
    public Optional<Dialogue> dialogue(String model) {
        return Optional.ofNullable(dialogues.get(model));
    }

    @Override
    public Optional<Voice> voice(String model, String voice) {
        return Optional.ofNullable(voices.get(model));
    }

    /** A name that all three parts of the script have is a speech-to-speech model, too. */
    @Override
    public Optional<Composition> speechToSpeech(String model) {
        boolean whole = recognizers.containsKey(model) && dialogues.containsKey(model) && voices.containsKey(model);
        return whole ? Optional.of(new Composition(model, model, model)) : Optional.empty();
    }
}
