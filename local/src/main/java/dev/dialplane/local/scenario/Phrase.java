package dev.dialplane.local.scenario;

import dev.dialplane.contracts.inference.v1.PhraseKind;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an agent says by itself, without a model, in the words of inference: a test compares them. Where a scenario's agent
 * says one of them, it is no model's reply.
 */
public enum Phrase {
    /** Something is broken for good. */
    APOLOGY(
            PhraseKind.PHRASE_KIND_APOLOGY,
            "I am sorry, something has gone wrong on our side. Please call again in a few minutes."),
    /** A model is slow. */
    HOLD(PhraseKind.PHRASE_KIND_HOLD, "One moment, please."),
    /** It is slow still. */
    HOLD_AGAIN(PhraseKind.PHRASE_KIND_HOLD_AGAIN, "I am still on it. Thank you for waiting."),
    /** The caller says nothing. */
    IDLE_PROMPT(PhraseKind.PHRASE_KIND_IDLE_PROMPT, "Are you still there?"),
    /** The caller has said nothing for long. */
    GOODBYE(PhraseKind.PHRASE_KIND_GOODBYE, "Thank you for calling. Goodbye.");

    private final PhraseKind kind;
    private final String text;

    Phrase(PhraseKind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** As the contract has it. */
    public PhraseKind kind() {
        return kind;
    }

    /** In words. */
    public String text() {
        return text;
    }

    /** Whether it only bridges a wait: then it is no turn of the agent's. */
    public boolean bridges() {
        return this == HOLD || this == HOLD_AGAIN;
    }

    /** The phrase of these words, if they are one. */
    public static Optional<Phrase> of(String text) {
        return Arrays.stream(values())
                .filter(phrase -> phrase.text.equals(text))
                .findFirst();
    }
}
