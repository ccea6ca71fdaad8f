package dev.dialplane.agent.dialogue;

import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.Objects;

/** One turn of a conversation, as a model sees it. */
public sealed interface Turn {
    /** What the caller said. */
    record Caller(String text) implements Turn {}

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
            case Caller(String text) ->
                DialogueTurn.newBuilder()
                        .setSpeaker(Speaker.SPEAKER_CALLER)
                        .setText(text)
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
