package dev.dialplane.inference.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts one reply together from the chunks of a streamed completion. Text comes out as it comes in, but for what a model
 * thinks to itself between {@code <think>} and {@code </think>} at its beginning; functions come out at the end, when their
 * arguments are whole.
 */
final class ChatReply {
    static final String DONE = "[DONE]";

    private static final int MAX_FUNCTIONS = 8;
    private static final int MAX_ARGUMENTS = 16_384;
    private static final int MAX_TEXT = 16_384;
    private static final String THINK = "<think>";
    private static final String THOUGHT = "</think>";

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<Integer, Function> functions = new TreeMap<>();
    /** What may be the beginning of a thought, or of its end; empty once the model speaks. */
    private StringBuilder held = new StringBuilder();

    private boolean thinking;
    private boolean speaking;
    private int length;
    private int pieces;
    private int inputTokens;
    private int outputTokens;
    private boolean truncated;
    private boolean finished;

    private static final class Function {
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();
    }

    /**
     * Reads a chunk.
     *
     * @param data an event's
     * @return the text that may be spoken now; often empty
     * @throws NotACompletionException if it is none, is an error of the server's, or is larger than any reply on the phone
     */
    String read(String data) throws NotACompletionException {
        JsonNode chunk;
        try {
            chunk = JSON.readTree(data);
        } catch (JsonProcessingException e) {
            throw new NotACompletionException("it sent what is no JSON");
        }
        if (!chunk.isObject()) {
            throw new NotACompletionException("it sent what is no chunk of a completion");
        }
        if (chunk.hasNonNull("error")) {
            throw new NotACompletionException("it reported an error in its reply");
        }
        JsonNode usage = chunk.path("usage");
        inputTokens = Math.max(inputTokens, usage.path("prompt_tokens").asInt());
        outputTokens = Math.max(outputTokens, usage.path("completion_tokens").asInt());
        JsonNode choice = chunk.path("choices").path(0);
        JsonNode delta = choice.path("delta");
        for (JsonNode call : delta.path("tool_calls")) {
            function(call);
        }
        String reason = choice.path("finish_reason").asText("");
        if (!reason.isEmpty() && !reason.equals("null")) {
            finished = true;
            truncated = reason.equals("length");
        }
        return delta.path("content").isTextual() ? spoken(delta.path("content").asText()) : "";
    }

    private String spoken(String content) throws NotACompletionException {
        length += content.length();
        pieces += content.isEmpty() ? 0 : 1;
        if (length > MAX_TEXT) {
            throw new NotACompletionException("its reply has more than " + MAX_TEXT + " characters");
        }
        if (speaking) {
            return content;
        }
        held.append(content);
        String text = held.toString().stripLeading();
        if (!thinking && text.startsWith(THINK)) {
            thinking = true;
        }
        if (thinking) {
            int end = text.indexOf(THOUGHT);
            if (end < 0) {
                return "";
            }
            thinking = false;
            text = text.substring(end + THOUGHT.length()).stripLeading();
            held = new StringBuilder(text);
        }
        if (text.isEmpty() || THINK.startsWith(text)) {
            return "";
        }
        speaking = true;
        held = new StringBuilder();
        return text;
    }

    private void function(JsonNode call) throws NotACompletionException {
        int index = call.path("index").asInt(0);
        Function function = functions.computeIfAbsent(index, _ -> new Function());
        if (functions.size() > MAX_FUNCTIONS) {
            throw new NotACompletionException("it calls more than " + MAX_FUNCTIONS + " functions in one reply");
        }
        String name = call.path("function").path("name").asText("");
        if (!name.isEmpty()) {
            function.name = name;
        }
        function.arguments.append(call.path("function").path("arguments").asText(""));
        if (function.arguments.length() > MAX_ARGUMENTS) {
            throw new NotACompletionException("a function's arguments have more than " + MAX_ARGUMENTS + " characters");
        }
    }

    /** Text that was held back because it could have been the beginning of a thought; once nothing more comes. */
    String rest() {
        return speaking || thinking ? "" : held.toString();
    }

    /**
     * What the model wants done after it has spoken. Functions that it was not offered are left out: small models make some
     * up, and what they said stands without.
     *
     * @param targets to whom a caller may be put through
     */
    List<Action> actions(List<String> targets) {
        List<Action> actions = new ArrayList<>();
        for (Function function : functions.values()) {
            switch (function.name) {
                case ChatRequest.HANG_UP ->
                    actions.add(Action.newBuilder()
                            .setKind(ActionKind.ACTION_KIND_HANG_UP)
                            .build());
                case ChatRequest.TRANSFER -> {
                    String target = target(function.arguments.toString());
                    if (targets.contains(target)) {
                        actions.add(Action.newBuilder()
                                .setKind(ActionKind.ACTION_KIND_TRANSFER)
                                .setTarget(target)
                                .build());
                    }
                }
                default -> {}
            }
        }
        return actions;
    }

    /**
     * The pool's tools that the model wants called, with their arguments; none that the pool does not have.
     *
     * @param tools their names
     */
    List<ToolCallDelta> toolCalls(List<String> tools) {
        List<ToolCallDelta> calls = new ArrayList<>();
        functions.forEach((index, function) -> {
            if (tools.contains(function.name)) {
                String arguments = function.arguments.toString().strip();
                calls.add(ToolCallDelta.newBuilder()
                        .setToolCallId(String.valueOf(index))
                        .setName(function.name)
                        .setArguments(arguments.isEmpty() ? "{}" : arguments)
                        .build());
            }
        });
        return calls;
    }

    private static String target(String arguments) {
        try {
            return JSON.readTree(arguments).path(ChatRequest.TARGET).asText("");
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    /** Whether the model said that it has said all. */
    boolean finished() {
        return finished;
    }

    /** Whether the limit of tokens cut it. */
    boolean truncated() {
        return truncated;
    }

    int inputTokens() {
        return inputTokens;
    }

    /** As the server counted; the pieces that came where it does not say: most servers send each token as it comes. */
    int outputTokens() {
        return outputTokens > 0 ? outputTokens : pieces;
    }

    /** What came is no streamed completion. Its message never holds what was said. */
    static final class NotACompletionException extends Exception {
        private static final long serialVersionUID = 1;

        NotACompletionException(String message) {
            super(message);
        }
    }
}
