package dev.dialplane.inference.answers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.List;
import java.util.Optional;

/**
 * What the agent says once a tool has answered. Answers have no model that could put a result into words, so the tool gives
 * them: its result is text, or an object whose {@code say} is.
 */
final class ToolResults {
    static final String DONE = "That is done.";
    static final String FAILED = "I am sorry, that did not work just now.";

    private static final int MAX_SAID = 1000;
    private static final JsonMapper JSON = new JsonMapper();

    private ToolResults() {}

    /** A tool's result, if that is what happened last. */
    static Optional<String> last(List<DialogueTurn> dialogue) {
        return dialogue.isEmpty() || dialogue.getLast().getSpeaker() != Speaker.SPEAKER_TOOL
                ? Optional.empty()
                : Optional.of(dialogue.getLast().getText());
    }

    static Reply reply(String result, AnswersState state) {
        String said = said(result);
        boolean asks = said.endsWith("?");
        return Reply.of(
                asks ? said : said + " " + Phrases.ANYTHING_ELSE,
                asks ? Expecting.EXPECTING_OPEN : Expecting.EXPECTING_YES_NO,
                asks ? state : AnswersState.open(0, true));
    }

    private static String said(String result) {
        JsonNode json;
        try {
            json = JSON.readTree(result);
        } catch (JsonProcessingException e) {
            return FAILED;
        }
        if (json.hasNonNull("error")) {
            return FAILED;
        }
        String said = (json.isTextual() ? json.asText() : json.path("say").asText("")).strip();
        return said.isEmpty() || said.length() > MAX_SAID ? DONE : said;
    }
}
