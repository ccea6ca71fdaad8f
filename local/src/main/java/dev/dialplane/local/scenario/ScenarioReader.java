package dev.dialplane.local.scenario;

import static dev.dialplane.local.yaml.YamlText.only;
import static dev.dialplane.local.yaml.YamlText.wrong;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dialplane.crds.DurationText;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Change;
import dev.dialplane.local.scenario.Scenario.Ends;
import dev.dialplane.local.scenario.Scenario.HangsUp;
import dev.dialplane.local.scenario.Scenario.Heard;
import dev.dialplane.local.scenario.Scenario.Keys;
import dev.dialplane.local.scenario.Scenario.Models;
import dev.dialplane.local.scenario.Scenario.Part;
import dev.dialplane.local.scenario.Scenario.Pause;
import dev.dialplane.local.scenario.Scenario.Quiet;
import dev.dialplane.local.scenario.Scenario.Sound;
import dev.dialplane.local.scenario.Scenario.Step;
import dev.dialplane.local.scenario.Scenario.Words;
import dev.dialplane.local.yaml.YamlText;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads scenarios. Whatever is not as it should be is said with its place, its value and what is allowed. */
public final class ScenarioReader {
    private static final int LARGEST = 64 << 10;
    private static final int MOST_STEPS = 100;
    private static final Duration LONGEST = Duration.ofHours(1);
    /** How long a sound is, as the last of what is said of it. */
    private static final Pattern LASTS = Pattern.compile("(?:^|\\s)([0-9]\\S*)$");

    private static final Pattern BRACKETS = Pattern.compile("\\[([^\\]]*)\\]|\\(([^)]*)\\)");
    private static final int USUAL_PAUSE = 400;
    private static final int USUAL_SOUND = 400;
    private static final int USUAL_LIMIT = 60_000;

    private static final YamlText YAML = new YamlText(LARGEST);

    private ScenarioReader() {}

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is no scenario: with the file's name and what is wrong
     */
    public static Scenario read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " has " + Files.size(file) + " bytes, allowed are " + LARGEST);
        }
        try {
            return parse(Files.readString(file));
        } catch (MalformedException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a text.
     *
     * @throws MalformedException if it is no scenario: with the place, the value and what is allowed
     */
    public static Scenario parse(String text) throws MalformedException {
        JsonNode root = YAML.read(text);
        only("the file", root, Set.of("scenario", "about", "pool", "carrier", "models", "call"));
        String title = text("scenario", root.path("scenario"));
        String about = text("about", root.path("about"));
        Map<String, Object> pool = Map.of();
        if (root.has("pool")) {
            only("pool", root.path("pool"), Set.of("greeting", "turnTaking", "slowModel", "language"));
            pool = YAML.map(root.path("pool"));
        }
        boolean pauses = false;
        if (root.has("carrier")) {
            pauses = "can pause".equals(text("carrier", root.path("carrier")));
            if (!pauses) {
                throw wrong("carrier", root.path("carrier"), "'can pause'");
            }
        }
        JsonNode call = root.path("call");
        if (!call.isArray() || call.isEmpty() || call.size() > MOST_STEPS) {
            throw new MalformedException("call has to be a list of 1 to " + MOST_STEPS + " steps");
        }
        List<Step> steps = new ArrayList<>();
        for (JsonNode step : call) {
            steps.add(step("call[" + steps.size() + "]", step));
        }
        return new Scenario(title, about, pool, pauses, models(root), steps);
    }

    private static Models models(JsonNode parent) throws MalformedException {
        JsonNode node = parent.path("models");
        if (node.isMissingNode()) {
            return Models.QUICK;
        }
        only("models", node, Set.of("hear", "think", "speak", "fallback", "break off after", "stall for", "fail"));
        Integer breaks = null;
        if (node.has("break off after")) {
            JsonNode words = node.path("break off after");
            if (!words.isInt() || words.intValue() < 1 || words.intValue() > 1000) {
                throw wrong("models.break off after", words, "1 to 1000 words");
            }
            breaks = words.intValue();
        }
        return new Models(
                duration("models.hear", node.path("hear"), Models.QUICK.hears()),
                duration("models.think", node.path("think"), Models.QUICK.thinks()),
                duration("models.speak", node.path("speak"), Models.QUICK.speaks()),
                node.has("fallback") ? duration("models.fallback", node.path("fallback"), 0) : null,
                breaks,
                duration("models.stall for", node.path("stall for"), 0),
                node.path("fail").asBoolean(false));
    }

    private static Step step(String at, JsonNode node) throws MalformedException {
        if (node.has("caller")) {
            only(at, node, Set.of("caller", "after", "into", "counts"));
            List<Part> parts = parts(at + ".caller", text(at + ".caller", node.path("caller")));
            boolean words = parts.stream().anyMatch(part -> part instanceof Words);
            return new Caller(
                    parts,
                    duration(at + ".after", node.path("after"), USUAL_PAUSE),
                    optional(at + ".into", node.path("into")),
                    words && node.path("counts").asBoolean(true));
        }
        if (node.has("keys")) {
            only(at, node, Set.of("keys", "after", "into"));
            String keys = text(at + ".keys", node.path("keys"));
            if (!keys.matches("[0-9*#]{1,32}")) {
                throw wrong(at + ".keys", node.path("keys"), "1 to 32 of 0-9, * and #");
            }
            return new Keys(
                    keys,
                    duration(at + ".after", node.path("after"), USUAL_PAUSE),
                    optional(at + ".into", node.path("into")));
        }
        if (node.has("agent")) {
            return agent(at, node);
        }
        if (node.has("quiet")) {
            only(at, node, Set.of("quiet"));
            return new Quiet(duration(at + ".quiet", node.path("quiet"), 0));
        }
        if (node.has("models")) {
            only(at, node, Set.of("models"));
            return new Change(models(node));
        }
        if (node.has("ends")) {
            only(at, node, Set.of("ends", "within"));
            return new Ends(
                    text(at + ".ends", node.path("ends")), duration(at + ".within", node.path("within"), USUAL_LIMIT));
        }
        if ("caller hangs up".equals(node.textValue())) {
            return new HangsUp();
        }
        throw wrong(at, node, "a step: caller, keys, agent, quiet, models, ends, or 'caller hangs up'");
    }

    private static Agent agent(String at, JsonNode node) throws MalformedException {
        only(
                at,
                node,
                Set.of("agent", "within", "not before", "heard", "silent within", "asks", "then", "tool", "takes"));
        Integer silent = optional(at + ".silent within", node.path("silent within"));
        Heard heard = switch (node.path("heard").asText(silent == null ? "whole" : "cut")) {
            case "whole" -> Heard.WHOLE;
            case "cut" -> Heard.CUT;
            default -> throw wrong(at + ".heard", node.path("heard"), "whole or cut");
        };
        String asks = node.path("asks").asText("nothing");
        if (!Set.of("nothing", "anything", "yes or no", "a value").contains(asks)) {
            throw wrong(at + ".asks", node.path("asks"), "nothing, anything, yes or no, a value");
        }
        return new Agent(
                text(at + ".agent", node.path("agent")),
                optional(at + ".within", node.path("within")),
                optional(at + ".not before", node.path("not before")),
                heard,
                silent,
                asks,
                node.has("then") ? text(at + ".then", node.path("then")) : null,
                node.has("tool") ? text(at + ".tool", node.path("tool")) : null,
                duration(at + ".takes", node.path("takes"), 100));
    }

    /** {@code My number is 98 [1.2s] 7654 (cough 300ms)}: words, pauses in brackets, sounds in parentheses. */
    private static List<Part> parts(String at, String text) throws MalformedException {
        List<Part> parts = new ArrayList<>();
        Matcher brackets = BRACKETS.matcher(text);
        int from = 0;
        while (brackets.find()) {
            words(text.substring(from, brackets.start()), parts);
            String pause = brackets.group(1);
            if (pause != null) {
                parts.add(new Pause(milliseconds(at, pause)));
            } else {
                Matcher lasts = LASTS.matcher(brackets.group(2).strip());
                parts.add(new Sound(lasts.find() ? milliseconds(at, lasts.group(1)) : USUAL_SOUND));
            }
            from = brackets.end();
        }
        words(text.substring(from), parts);
        if (parts.isEmpty() || parts.getFirst() instanceof Pause || parts.getLast() instanceof Pause) {
            throw new MalformedException(at + " is '" + text + "'; it has to begin and end with words or a sound");
        }
        return parts;
    }

    private static void words(String text, List<Part> parts) {
        if (!text.isBlank()) {
            parts.add(new Words(text.strip()));
        }
    }

    private static @Nullable Integer optional(String at, JsonNode node) throws MalformedException {
        return node.isMissingNode() ? null : (Integer) duration(at, node, 0);
    }

    private static int duration(String at, JsonNode node, int absent) throws MalformedException {
        return node.isMissingNode() ? absent : milliseconds(at, text(at, node));
    }

    private static int milliseconds(String at, String text) throws MalformedException {
        Duration duration;
        try {
            duration = DurationText.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new MalformedException(at + ": " + e.getMessage());
        }
        if (duration.compareTo(LONGEST) > 0) {
            throw new MalformedException(at + " is '" + text + "', allowed is an hour at most");
        }
        return (int) duration.toMillis();
    }

    private static String text(String at, JsonNode node) throws MalformedException {
        if (!node.isValueNode() || node.asText().isBlank()) {
            throw wrong(at, node, "a text");
        }
        return node.asText();
    }
}
