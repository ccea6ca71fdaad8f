package dev.dialplane.inference.conversing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.contracts.inference.v1.ToolResult;
import dev.dialplane.inference.failure.ModelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tools that a session's responses want called, and whose results are still to come. For one thread. */
public final class ToolCalls {
    /** That wait for their results at the same time. */
    static final int MOST_OPEN = 16;

    private static final int MOST_ARGUMENTS = 64 << 10;
    private static final JsonMapper MAPPER = new JsonMapper();

    private record Open(String responseId, String name, String arguments) {}

    private final Map<String, Open> open = new LinkedHashMap<>();

    /**
     * A response wants a tool called, or says more of its arguments.
     *
     * @return the same under a name that no other call of the session has
     * @throws ModelException RESOURCE_EXHAUSTED if too many wait, or the arguments are too long
     */
    public ToolCallDelta wanted(String responseId, ToolCallDelta delta) {
        String id = responseId + "/" + delta.getToolCallId();
        Open known = open.get(id);
        if (known == null && open.size() >= MOST_OPEN) {
            throw ModelException.overloaded("tool calls of one session", open.size(), MOST_OPEN);
        }
        String name = known == null || known.name().isEmpty() ? delta.getName() : known.name();
        String arguments = (known == null ? "" : known.arguments()) + delta.getArguments();
        if (arguments.length() > MOST_ARGUMENTS) {
            throw ModelException.overloaded("characters of a tool's arguments", arguments.length(), MOST_ARGUMENTS);
        }
        open.put(id, new Open(responseId, name, arguments));
        return delta.toBuilder().setToolCallId(id).setResponseId(responseId).build();
    }

    /** The calls of a response that was dropped: nobody waits for them any more. */
    public List<String> dropped(String responseId) {
        List<String> ids = open.entrySet().stream()
                .filter(call -> call.getValue().responseId().equals(responseId))
                .map(Map.Entry::getKey)
                .toList();
        ids.forEach(open::remove);
        return ids;
    }

    /**
     * A result as a turn of the dialogue.
     *
     * @throws ModelException INVALID_ARGUMENT if the call is unknown, and the result does not say what was called
     */
    public DialogueTurn answered(ToolResult result) {
        Open call = open.remove(result.getToolCallId());
        if (call == null && result.getToolName().isEmpty()) {
            throw ModelException.badRequest(
                    "tool_result.tool_call_id",
                    result.getToolCallId(),
                    "one that waits, of " + open.keySet() + ", or any with tool_name and tool_arguments");
        }
        return DialogueTurn.newBuilder()
                .setSpeaker(Speaker.SPEAKER_TOOL)
                .setToolCallId(result.getToolCallId())
                .setToolName(call == null ? result.getToolName() : call.name())
                .setToolArguments(call == null ? result.getToolArguments() : call.arguments())
                .setText(text(result))
                .build();
    }

    private static String text(ToolResult result) {
        String output = result.getOutputJson().isBlank() ? "null" : result.getOutputJson();
        if (result.getError().isEmpty()) {
            return output;
        }
        Map<String, Object> both = new LinkedHashMap<>();
        both.put("error", result.getError());
        both.put("answer", new RawValue(output));
        try {
            return MAPPER.writeValueAsString(both);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
