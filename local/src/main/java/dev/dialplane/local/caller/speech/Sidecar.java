package dev.dialplane.local.caller.speech;

import static dev.dialplane.local.yaml.YamlText.only;
import static dev.dialplane.local.yaml.YamlText.wrong;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dialplane.local.yaml.YamlText;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
    private static final YamlText YAML = new YamlText(MAX_CHARACTERS);

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

    static Sidecar read(String yaml) throws MalformedException {
        JsonNode root = YAML.read(yaml);
        only("the file", root, Set.of("utterances"));
        JsonNode utterances = root.path("utterances");
        if (!utterances.isArray() || utterances.isEmpty()) {
            throw wrong("utterances", utterances, "a list");
        }
        List<Line> lines = new ArrayList<>();
        for (JsonNode utterance : utterances) {
            lines.add(line("utterances[" + lines.size() + "]", utterance));
        }
        return new Sidecar(List.copyOf(lines));
    }

    private static Line line(String path, JsonNode node) throws MalformedException {
        only(path, node, Set.of("text", "interrupts", "waitMs"));
        JsonNode text = node.path("text");
        if (!text.isMissingNode() && !text.isTextual()) {
            throw wrong(path + ".text", text, "text");
        }
        Integer after = null;
        if (node.has("interrupts")) {
            only(path + ".interrupts", node.path("interrupts"), Set.of("afterMs"));
            after = milliseconds(
                    path + ".interrupts.afterMs", node.path("interrupts").path("afterMs"));
        }
        Integer wait = node.has("waitMs") ? milliseconds(path + ".waitMs", node.path("waitMs")) : null;
        if (after != null && wait != null) {
            throw new MalformedException(path + " has both interrupts and waitMs, allowed is one of them");
        }
        return new Line(text.isTextual() ? text.textValue() : null, after, wait);
    }

    private static Integer milliseconds(String path, JsonNode node) throws MalformedException {
        if (!node.isInt() || node.intValue() < 0 || node.intValue() > MAX_WAIT_MS) {
            throw wrong(path, node, "0 to " + MAX_WAIT_MS);
        }
        return node.intValue();
    }
}
