package dev.dialplane.inference.openai;

import dev.dialplane.contracts.inference.v1.ModelDescription;
import dev.dialplane.inference.InferenceConfig;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.hearing.Recognizer;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.model.Provider;
import dev.dialplane.inference.speaking.Voice;
import dev.dialplane.inference.timing.Timers;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Provider {@code openai}: the language models of one server of the chat completions protocol, those that are named. */
@ApplicationScoped
public class OpenAiProvider implements Provider {
    private final Map<String, ChatDialogue> dialogues = new TreeMap<>();
    private final String detail;

    /** With no server in the configuration there are no models. */
    public OpenAiProvider(InferenceConfig config, Timers timers) {
        URI url = config.openai().url().orElse(null);
        List<String> models = config.openai().models().orElse(List.of());
        if (url == null) {
            detail = "";
            return;
        }
        if (url.getHost() == null || !List.of("http", "https").contains(url.getScheme())) {
            throw new IllegalArgumentException(
                    "dialplane.inference.openai.url is " + url + ", allowed are addresses such as http://vllm:8000/v1");
        }
        if (models.isEmpty()) {
            throw new IllegalArgumentException(
                    "dialplane.inference.openai.models is empty, but dialplane.inference.openai.url"
                            + " is set; allowed are the names of the models that pools may use");
        }
        detail = "at " + url.getHost();
        ChatServer server = new ChatServer(url, config.openai().keyFile());
        models.forEach(model -> dialogues.put(model, new ChatDialogue(model, server, timers)));
    }

    @Override
    public String name() {
        return ChatServer.PROVIDER;
    }

    @Override
    public List<ModelDescription> models() {
        return dialogues.entrySet().stream()
                .map(model -> ModelDescription.newBuilder()
                        .setProvider(ChatServer.PROVIDER)
                        .setModel(model.getKey())
                        .setRole(ModelPart.LANGUAGE_MODEL.role())
                        .setAvailable(model.getValue().serves())
                        .setDetail(model.getValue().serves() ? detail : "fails, and is tried again by itself")
                        .build())
                .toList();
    }

    @Override
    public Optional<Recognizer> recognizer(String model) {
        return Optional.empty();
    }

    @Override
    public Optional<Dialogue> dialogue(String model) {
        return Optional.ofNullable(dialogues.get(model));
    }

    @Override
    public Optional<Voice> voice(String model, String voice) {
        return Optional.empty();
    }

    /** A word that nobody hears: the key is good, the model is there and loaded, and a connection is open. */
    @Override
    public void prepare(String model, ModelPart part, PreparedSpec spec) {
        ChatDialogue dialogue = dialogues.get(model);
        if (dialogue != null) {
            dialogue.probe();
        }
    }
}
