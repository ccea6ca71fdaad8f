package dev.dialplane.inference.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Tool;
import dev.dialplane.contracts.common.v1.TransferTarget;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.inference.dialogue.SystemPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A request for the agent's next turn, as JSON of the chat completions protocol. */
final class ChatRequest {
    static final String HANG_UP = "hang_up";
    static final String TRANSFER = "transfer";
    static final String TARGET = "target";

    /** Who speaks on the phone is brief. */
    static final int DEFAULT_TOKENS = 200;

    private static final int MAX_TOKENS = 1000;
    private static final int MAX_ANSWERS = 64;
    /** Of what was said, the newest: some 6,000 tokens, which every model's context holds beside the rest. */
    private static final int MAX_CHARACTERS = 24_000;

    private static final String SYSTEM = "system";
    private static final String USER = "user";
    private static final String ASSISTANT = "assistant";

    private static final JsonMapper JSON = new JsonMapper();

    private ChatRequest() {}

    /**
     * Builds it.
     *
     * @param plain without what some servers do not take: functions and the wish for token counts
     */
    static String of(String model, GenerateRequest request, AgentSpec spec, boolean plain) {
        ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", true);
        int most = request.getMaxTokens() == 0 ? DEFAULT_TOKENS : Math.min(MAX_TOKENS, request.getMaxTokens());
        body.put("max_tokens", most);
        messages(body.putArray("messages"), request, spec);
        if (!plain) {
            body.putObject("stream_options").put("include_usage", true);
            functions(body.putArray("tools"), spec);
        }
        return body.toString();
    }

    /** A request for one word that nobody hears. */
    static String probe(String model) {
        ObjectNode body =
                JSON.createObjectNode().put("model", model).put("stream", true).put("max_tokens", 1);
        add(body.putArray("messages"), USER, "Say yes.");
        return body.toString();
    }

    /**
     * One system message, then the caller and the agent by turns, the caller first: the order that every model's template
     * takes. What the agent said before the caller did stands in the system message.
     */
    private static void messages(ArrayNode messages, GenerateRequest request, AgentSpec spec) {
        List<DialogueTurn> turns = newest(request.getDialogueList());
        int first = 0;
        StringBuilder opening = new StringBuilder();
        while (first < turns.size() && turns.get(first).getSpeaker() == Speaker.SPEAKER_AGENT) {
            opening.append(' ').append(turns.get(first++).getText().strip());
        }
        StringBuilder system = new StringBuilder(SystemPrompt.of(spec, MAX_ANSWERS));
        system.append("\nSay it as one speaks: no lists, no markup, no emoji.");
        if (!request.getLocalTime().isEmpty()) {
            system.append("\nIt is ").append(request.getLocalTime());
            if (!request.getTimeZone().isEmpty()) {
                system.append(" (").append(request.getTimeZone()).append(')');
            }
            system.append('.');
        }
        new TreeMap<>(request.getVariablesMap())
                .forEach((name, value) -> system.append("\nOf this call: ")
                        .append(name)
                        .append(" is ")
                        .append(value));
        if (!opening.isEmpty()) {
            system.append("\nYou have just said:").append(opening);
        }
        add(messages, SYSTEM, system.toString());

        String role = "";
        StringBuilder text = new StringBuilder();
        String note = "";
        for (DialogueTurn turn : turns.subList(first, turns.size())) {
            String next = turn.getSpeaker() == Speaker.SPEAKER_AGENT ? ASSISTANT : USER;
            if (!next.equals(role)) {
                flush(messages, role, text);
                role = next;
            }
            String said = turn.getText().strip();
            if (turn.getSpeaker() == Speaker.SPEAKER_TOOL) {
                said = "[" + turn.getToolName() + " " + turn.getToolArguments() + " gave: " + said + "]";
            }
            if (next.equals(USER) && !note.isEmpty()) {
                said = note + said;
                note = "";
            }
            if (turn.getInterrupted() && !turn.getNotHeard().isBlank()) {
                note = "[I interrupted you, and did not hear: "
                        + turn.getNotHeard().strip() + "] ";
            }
            if (!said.isEmpty()) {
                text.append(text.isEmpty() ? "" : "\n").append(said);
            }
        }
        flush(messages, role, text);
    }

    private static void flush(ArrayNode messages, String role, StringBuilder text) {
        if (!text.isEmpty()) {
            add(messages, role, text.toString());
            text.setLength(0);
        }
    }

    private static void add(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    private static List<DialogueTurn> newest(List<DialogueTurn> dialogue) {
        int characters = 0;
        int first = dialogue.size();
        while (first > 0) {
            characters += dialogue.get(first - 1).getText().length();
            if (characters > MAX_CHARACTERS) {
                break;
            }
            first--;
        }
        return new ArrayList<>(dialogue.subList(first, dialogue.size()));
    }

    private static void functions(ArrayNode functions, AgentSpec spec) {
        function(functions, HANG_UP, "Ends the call. Say goodbye in the same answer.");
        List<TransferTarget> targets = spec.getTransferTargetsList();
        if (!targets.isEmpty()) {
            ObjectNode parameters =
                    function(functions, TRANSFER, "Puts the caller through to somebody. Say so in the same answer.");
            ArrayNode names = parameters
                    .withObjectProperty("properties")
                    .putObject(TARGET)
                    .put("type", "string")
                    .putArray("enum");
            targets.forEach(target -> names.add(target.getName()));
            parameters.putArray("required").add(TARGET);
        }
        for (Tool tool : spec.getToolsList()) {
            ObjectNode parameters = function(functions, tool.getName(), tool.getDescription());
            schema(tool).ifPresent(parameters::setAll);
        }
    }

    private static Optional<ObjectNode> schema(Tool tool) {
        try {
            return tool.getJsonSchema().isEmpty()
                    ? Optional.empty()
                    : Optional.of((ObjectNode) JSON.readTree(tool.getJsonSchema()));
        } catch (JsonProcessingException | ClassCastException e) {
            return Optional.empty();
        }
    }

    private static ObjectNode function(ArrayNode tools, String name, String description) {
        ObjectNode function = tools.addObject().put("type", "function").putObject("function");
        ObjectNode parameters =
                function.put("name", name).put("description", description).putObject("parameters");
        parameters.put("type", "object").putObject("properties");
        return parameters;
    }
}
