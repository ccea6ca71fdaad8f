package dev.dialplane.inference.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.dialplane.audio.G711;
import dev.dialplane.audio.Resampler;
import dev.dialplane.audio.WavReader;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.common.v1.Pipeline;
import dev.dialplane.contracts.common.v1.Slot;
import dev.dialplane.contracts.common.v1.SlotType;
import dev.dialplane.contracts.common.v1.Then;
import dev.dialplane.contracts.common.v1.ThenAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The sample pool and the sample caller, as the repository has them, and the models that were fetched. */
public final class Samples {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path CALLER = ROOT.resolve("local/src/main/resources/caller");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final int RATE = 16_000;

    private Samples() {}

    /** The models' files; the test is skipped where they were not fetched. */
    public static ModelFiles models(String model, String... files) {
        ModelFiles models = ModelFiles.byEnvironment(java.util.Optional.empty(), System.getenv());
        String missing = models.missing(model, files).orElse("");
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        return models;
    }

    /** {@code spec.agent} of a sample pool. */
    public static AgentSpec agent(String name) throws IOException {
        JsonNode agent = YAML.readTree(Files.readAllBytes(ROOT.resolve("manifests/samples/" + name + ".yaml")))
                .path("spec")
                .path("agent");
        AgentSpec.Builder spec = AgentSpec.newBuilder()
                .setLanguage(agent.path("language").asText())
                .setGreeting(agent.path("greeting").asText())
                .setInstructions(agent.path("instructions").asText());
        agent.path("facts")
                .forEach(fact -> spec.addFacts(Fact.newBuilder()
                        .setName(fact.path("name").asText())
                        .setValue(fact.path("value").asText())));
        agent.path("answers").forEach(answer -> spec.addAnswers(answer(answer)));
        JsonNode pipeline = agent.path("pipeline");
        return spec.setPipeline(Pipeline.newBuilder()
                        .setSpeechToText(model(pipeline.path("speechToText")))
                        .setLanguageModel(model(pipeline.path("languageModel")))
                        .setTextToSpeech(model(pipeline.path("textToSpeech"))))
                .build();
    }

    private static ModelRef model(JsonNode model) {
        ModelRef.Builder ref = ModelRef.newBuilder()
                .setProvider(model.path("provider").asText())
                .setModel(model.path("model").asText());
        if (model.has("fallback")) {
            ref.setFallback(model(model.path("fallback")));
        }
        return ref.build();
    }

    private static Answer answer(JsonNode node) {
        Answer.Builder answer = Answer.newBuilder().setSay(node.path("say").asText());
        node.path("when").forEach(when -> answer.addWhen(when.asText()));
        node.path("slots")
                .forEach(slot -> answer.addSlots(Slot.newBuilder()
                        .setName(slot.path("name").asText())
                        .setType(SlotType.valueOf(
                                "SLOT_TYPE_" + slot.path("type").asText().toUpperCase(Locale.ROOT)))));
        if (node.has("then")) {
            ThenAction action = Map.of(
                            "HangUp", ThenAction.THEN_ACTION_HANG_UP, "Transfer", ThenAction.THEN_ACTION_TRANSFER)
                    .getOrDefault(node.path("then").path("action").asText(), ThenAction.UNRECOGNIZED);
            answer.setThen(Then.newBuilder()
                    .setAction(action)
                    .setTarget(node.path("then").path("target").asText()));
        }
        return answer.build();
    }

    /** What the sample caller says. */
    public static List<String> callerTexts() throws IOException {
        List<String> texts = new ArrayList<>();
        YAML.readTree(Files.readAllBytes(CALLER.resolve("receptionist.yaml")))
                .path("utterances")
                .forEach(utterance -> texts.add(utterance.path("text").asText()));
        return texts;
    }

    /** The sample caller's utterances as a telephone line carries them: µ-law at 8 kHz, decoded again. */
    public static List<short[]> callerOverTheLine() throws IOException {
        short[] all = WavReader.read(CALLER.resolve("receptionist.wav")).mono(RATE);
        List<short[]> utterances = new ArrayList<>();
        int window = RATE / 50;
        int start = -1;
        int quiet = 0;
        for (int at = 0; at + window <= all.length; at += window) {
            double energy = 0;
            for (int i = at; i < at + window; i++) {
                energy += all[i] * (double) all[i];
            }
            if (Math.sqrt(energy / window) > 200) {
                start = start < 0 ? at : start;
                quiet = 0;
            } else if (start >= 0 && ++quiet > 25) {
                utterances.add(line(Arrays.copyOfRange(all, Math.max(0, start - window * 5), at), RATE));
                start = -1;
            }
        }
        if (start >= 0) {
            utterances.add(line(Arrays.copyOfRange(all, start, all.length), RATE));
        }
        return utterances;
    }

    /** Samples as a telephone line carries them, at 8 kHz. */
    public static short[] line(short[] samples, int rate) {
        short[] narrow = Resampler.convert(samples, rate, 8000);
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = G711.MU_LAW.decode(G711.MU_LAW.encode(narrow[i]));
        }
        return narrow;
    }

    /** Words wrong, of those that should have been heard: insertions, deletions and substitutions over all texts. */
    public static double wordErrorRate(List<String> said, List<String> heard) {
        int errors = 0;
        int words = 0;
        for (int i = 0; i < said.size(); i++) {
            String[] expected = words(said.get(i));
            errors += distance(expected, words(heard.get(i)));
            words += expected.length;
        }
        return (double) errors / words;
    }

    private static String[] words(String text) {
        return text.toLowerCase(Locale.ROOT)
                .replace("-", " ")
                .replaceAll("[^a-z0-9' ]", "")
                .strip()
                .split("\\s+");
    }

    private static int distance(String[] one, String[] other) {
        int[] row = new int[other.length + 1];
        for (int j = 0; j <= other.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length; j++) {
                int substituted = diagonal + (one[i - 1].equals(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length];
    }
}
