package dev.dialplane.local.scenario.live;

import dev.dialplane.local.scenario.ExpectedTurns;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Models;
import dev.dialplane.local.scenario.live.ModelScript.SpokenWords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario is played on: its pool, and its models, whose script is a file that inference reads again whenever the
 * caller has spoken or models have changed; and the tools that its model runs.
 */
public final class Stage implements AutoCloseable {
    private final Scenario scenario;
    private final ExpectedTurns turns;
    private final Path file;
    private final Tools tools;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("scenario-script").daemon().factory());
    private final List<SpokenWords> spoken = new ArrayList<>();
    private Models models = Models.QUICK;

    /**
     * A stage with quick models, on which nothing was said.
     *
     * @param directory where the script goes
     */
    public Stage(Scenario scenario, Path directory) throws IOException {
        this.scenario = scenario;
        turns = ExpectedTurns.of(scenario);
        Files.createDirectories(directory);
        file = directory.resolve("scenario-models.yaml").toAbsolutePath();
        write(ModelScript.of(turns, models, spoken));
        tools = Tools.of(scenario);
    }

    /** The variables of inference's pod: where the script is, and that tools are on this machine. */
    public Map<String, String> inference() {
        return Map.of(
                "DIALPLANE_INFERENCE_SCRIPTED_FILE",
                file.toString(),
                "DIALPLANE_INFERENCE_TOOLS_PRIVATE_HOSTS",
                tools.host());
    }

    /** What differs from the sample pool under {@code spec.agent}. */
    public Map<String, Object> agent() {
        Map<String, Object> agent = new HashMap<>(scenario.pool());
        agent.put("greeting", scenario.greeting());
        if (scenario.models().fallback() != null) {
            Map<String, Object> fallback = Map.of("provider", "scripted", "model", ModelScript.FALLBACK);
            agent.put("pipeline", Map.of("languageModel", Map.of("fallback", fallback)));
        }
        List<Map<String, Object>> used = scenario.steps().stream()
                .filter(step -> step instanceof Agent said && said.tool() != null)
                .map(step -> String.valueOf(((Agent) step).tool()))
                .distinct()
                .map(name -> Map.<String, Object>of(
                        "name", name, "description", "What the scenario looks up.", "url", tools.url(name)))
                .toList();
        if (!used.isEmpty()) {
            agent.put("tools", used);
        }
        return agent;
    }

    /** From now on models are like this. Returns at once; the script is there some ms later. */
    public void models(Models now) {
        writer.execute(() -> {
            models = now;
            write(ModelScript.of(turns, models, spoken));
        });
    }

    /** The caller begins to say this. Returns at once. */
    void spoken(List<SpokenWords> words) {
        writer.execute(() -> {
            spoken.addAll(words);
            write(ModelScript.of(turns, models, spoken));
        });
    }

    /** The scenario's call is over: whoever calls now plays the caller, whose n-th utterance is heard as the n-th turn. */
    public void open() {
        writer.execute(() -> write(ModelScript.of(turns, models, (@Nullable List<SpokenWords>) null)));
    }

    /** In one step, so that nobody reads half of it. */
    private void write(String script) {
        try {
            Path next = file.resolveSibling(file.getFileName() + ".next");
            Files.writeString(next, script);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the tools; the script stays. */
    @Override
    public void close() {
        writer.close();
        tools.close();
    }
}
