package dev.dialplane.agent.dialogue;

import dev.dialplane.audio.Dtmf;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.Objects;

/** One turn of a conversation, as a model sees it. */
public sealed interface Turn {
    /**
     * What the caller said and pressed.
     *
     * @param words what was said; empty where only keys were pressed
     * @param keys what was pressed with it or instead of it, in order; empty where nothing was
     */
    record Caller(String words, String keys) implements Turn {
        /** A turn without a key. */
        public Caller(String words) {
            this(words, "");
        }

        /** What was said, and after it what was pressed. */
        public String text() {
            String pressed = Dtmf.asText(keys);
            return words.isEmpty() || pressed.isEmpty() ? words + pressed : words + " " + pressed;
        }
    }

    /**
     * What the agent said, as far as the caller heard it.
     *
     * @param heard what was heard
     * @param notHeard what was meant to follow; empty unless it was interrupted
     */
    record Agent(String heard, String notHeard) implements Turn {
        /** Whether it was cut. */
        public boolean interrupted() {
            return !notHeard.isEmpty();
        }
    }

    /** What came of a tool. */
    record Tool(Errand errand) implements Turn {}

    /** As it goes to inference. */
    default DialogueTurn toProto() {
        return switch (this) {
            case Caller caller ->
                DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_CALLER)
                        .setText(caller.text())
                        .build();
            case Agent agent ->
                DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_AGENT)
                        .setText(agent.heard())
                        .setInterrupted(agent.interrupted())
                        .setNotHeard(agent.notHeard())
                        .build();
            case Tool(Errand errand) ->
                DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_TOOL)
                        .setToolCallId(errand.key())
                        .setToolName(errand.tool())
                        .setToolArguments(errand.arguments())
                        .setText(Objects.requireNonNullElse(errand.result(), ""))
                        .build();
        };
    }
}
