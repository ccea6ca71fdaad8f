package dev.dialplane.local.caller.speech;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * The file that goes with a recording:
 *
 * <pre>{@code
 * utterances:
 *   - text: Could you tell me your address?
 *     waitMs: 800                    # speaks when the agent has been silent that long after its reply; 600 if not said
 *   - text: Sorry, can I park there?
 *     interrupts: {afterMs: 1500}    # speaks that long after the agent began its reply
 * }</pre>
 */
record Sidecar(List<Line> lines) {
    static final int MAX_CHARACTERS = 256 << 10;

    private static final int MAX_WAIT_MS = 60_000;
    private static final YAMLMapper YAML =
            new YAMLMapper(YAMLFactory.builder().loaderOptions(limits()).build());

    /** One utterance as it is described. */
    record Line(
            @Nullable String text,
            @Nullable Integer interruptsAfterMs,
            @Nullable Integer waitMs) {
        Utterance utterance(short[] samples, List<Span> speech) {
            Utterance.When when = interruptsAfterMs != null
                    ? new Utterance.Interrupting(interruptsAfterMs)
                    : new Utterance.AfterReply(waitMs != null ? waitMs : CallerScript.QUIET_MS);
            return new Utterance(samples, speech, text, when);
        }
    }

    /** A file that is not as it should be: says where and how. */
    static final class SidecarException extends Exception {
        private static final long serialVersionUID = 1;

        SidecarException(String message) {
            super(message);
        }
    }

    static Sidecar read(String yaml) throws SidecarException {
        if (yaml.length() > MAX_CHARACTERS) {
            throw new SidecarException("it has " + yaml.length() + " characters, allowed are " + MAX_CHARACTERS);
        }
        JsonNode root;
        try {
            root = YAML.readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new SidecarException("it is no YAML: " + e.getOriginalMessage());
        } catch (RuntimeException | StackOverflowError e) {
            throw new SidecarException("it is no YAML: " + e);
        }
        only("the file", root, Set.of("utterances"));
        JsonNode utterances = root.path("utterances");
        if (!utterances.isArray() || utterances.isEmpty()) {
            throw new SidecarException("utterances is " + shown(utterances) + ", allowed is a list");
        }
        List<Line> lines = new ArrayList<>();
        for (JsonNode utterance : utterances) {
            lines.add(line("utterances[" + lines.size() + "]", utterance));
        }
        return new Sidecar(List.copyOf(lines));
    }

    private static Line line(String path, JsonNode node) throws SidecarException {
        only(path, node, Set.of("text", "interrupts", "waitMs"));
        JsonNode text = node.path("text");
        if (!text.isMissingNode() && !text.isTextual()) {
            throw new SidecarException(path + ".text is " + shown(text) + ", allowed is text");
        }
        Integer after = null;
        if (node.has("interrupts")) {
            only(path + ".interrupts", node.path("interrupts"), Set.of("afterMs"));
            after = milliseconds(
                    path + ".interrupts.afterMs", node.path("interrupts").path("afterMs"));
        }
        Integer wait = node.has("waitMs") ? milliseconds(path + ".waitMs", node.path("waitMs")) : null;
        if (after != null && wait != null) {
            throw new SidecarException(path + " has both interrupts and waitMs, allowed is one of them");
        }
        return new Line(text.isTextual() ? text.textValue() : null, after, wait);
    }

    private static Integer milliseconds(String path, JsonNode node) throws SidecarException {
        if (!node.isInt() || node.intValue() < 0 || node.intValue() > MAX_WAIT_MS) {
            throw new SidecarException(path + " is " + shown(node) + ", allowed is 0 to " + MAX_WAIT_MS);
        }
        return node.intValue();
    }

    private static void only(String path, JsonNode node, Set<String> fields) throws SidecarException {
        if (!node.isObject()) {
            throw new SidecarException(path + " is " + shown(node) + ", allowed is an object");
        }
        for (var field : node.properties()) {
            if (!fields.contains(field.getKey())) {
                throw new SidecarException(path + " has " + field.getKey() + ", allowed are " + fields);
            }
        }
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static LoaderOptions limits() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(10);
        return options;
    }
}
