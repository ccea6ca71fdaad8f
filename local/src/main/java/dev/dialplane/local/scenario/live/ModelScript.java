package dev.dialplane.local.scenario.live;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dialplane.local.scenario.ExpectedTurns;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Models;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scenario's models as a script of inference's provider {@code scripted}: {@code docs/configuration.md} tells how one is
 * written. As JSON, which is YAML.
 */
final class ModelScript {
    /** The pool's model of every kind, and ... */
    static final String MODEL = "script";
    /** ... the one that replies when the first does not. */
    static final String FALLBACK = "fallback";

    private static final JsonMapper JSON = new JsonMapper();
    private static final int BETWEEN_PIECES_MS = 2;
    /** As in the lab: a sentence lasts as long there as here. */
    private static final int CHARACTERS_A_SECOND = 15;

    /**
     * Words of the caller's.
     *
     * @param atMs when they begin, ms of the caller's media
     */
    record SpokenWords(long atMs, String text) {}

    private ModelScript() {}

    /**
     * The script.
     *
     * @param spoken what the caller has said so far; null for whoever calls: each utterance is then heard as the next turn
     */
    static String of(ExpectedTurns turns, Models models, @Nullable List<SpokenWords> spoken) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode hearing = root.putObject("speechToText").putObject(MODEL).put("finalDelay", ms(models.hears()));
        if (spoken != null) {
            ArrayNode words = hearing.putArray("spoken");
            spoken.forEach(one -> words.addObject().put("at", one.atMs() + "ms").put("text", one.text()));
        } else {
            ArrayNode utterances = hearing.putArray("utterances");
            turns.texts()
                    .forEach(text -> utterances.addObject().put("text", text).put("minAudio", "200ms"));
        }
        ObjectNode replying = root.putObject("languageModel");
        replies(replying.putObject(MODEL), turns, models, models.thinks());
        if (models.fallback() != null) {
            replies(replying.putObject(FALLBACK), turns, Models.QUICK, models.fallback());
        }
        root.putObject("textToSpeech")
                .putObject(MODEL)
                .put("firstAudio", ms(models.speaks()))
                .put("charactersPerSecond", CHARACTERS_A_SECOND);
        return text(root);
    }

    private static String text(ObjectNode root) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("a tree of our own", e);
        }
    }

    /** The provider gives the n-th turn of the caller's or of a tool the n-th reply. */
    private static void replies(ObjectNode model, ExpectedTurns turns, Models models, int thinksMs) {
        model.put("firstPiece", ms(thinksMs))
                .put("betweenPieces", ms(BETWEEN_PIECES_MS))
                .put("atEnd", "nothing");
        ArrayNode replies = model.putArray("replies");
        for (ExpectedTurns.Turn turn : turns.turns()) {
            if (turn.replies().isEmpty()) {
                replies.addObject().putArray("pieces");
            }
            turn.replies().forEach(agent -> reply(replies.addObject(), agent, models));
        }
    }

    private static void reply(ObjectNode reply, Agent agent, Models models) {
        if (models.fails()) {
            reply.putArray("pieces");
            reply.put("firstPiece", ms(0));
            broken(reply);
            return;
        }
        Integer breaks = models.breaksAfter();
        if (breaks != null && models.stalls() == 0) {
            ArrayNode pieces = reply.putArray("pieces");
            List<String> words = List.of(agent.text().split("(?<=\\s)(?=\\S)"));
            words.stream().limit(breaks).forEach(pieces::add);
            broken(reply);
            return;
        }
        reply.put("say", agent.text()).put("expecting", expecting(agent));
        if (breaks != null) {
            reply.put("stallAfter", breaks).put("stallFor", ms(models.stalls()));
        }
        if (agent.then() != null) {
            ObjectNode action = reply.putObject("action");
            if (agent.then().equals("hang up")) {
                action.put("kind", "HangUp");
            } else {
                action.put("kind", "Transfer").put("target", agent.then());
            }
        }
        if (agent.tool() != null) {
            reply.putObject("toolCall").put("name", agent.tool());
        }
    }

    private static void broken(ObjectNode reply) {
        reply.putObject("error").put("kind", "ProviderDown");
    }

    private static String expecting(Agent agent) {
        return switch (agent.asks()) {
            case "yes or no" -> "YesNo";
            case "a value" -> "Value";
            case "anything" -> "Open";
            default -> "Nothing";
        };
    }

    private static String ms(int millis) {
        return millis + "ms";
    }
}
