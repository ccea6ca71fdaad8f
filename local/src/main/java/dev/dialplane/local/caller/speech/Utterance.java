package dev.dialplane.local.caller.speech;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something to say in one breath.
 *
 * @param samples 8 kHz, with a little of what is around the speech
 * @param speech where in it there is speech, by {@link SpeechSpans}; at least one stretch, more if the speaker pauses
 *     for 100 ms
 * @param reference what is said, or null if nobody wrote it down
 * @param when when to say it
 */
public record Utterance(
        short[] samples, List<Span> speech, @Nullable String reference, When when) {
    /** When a caller begins to speak. */
    public sealed interface When {}

    /** Once the agent has replied and has then been silent for {@code quietMs}. */
    public record AfterReply(int quietMs) implements When {}

    /** {@code afterMs} after the agent began its reply, whether it still speaks or not. */
    public record Interrupting(int afterMs) implements When {}

    /** Copies the list. */
    public Utterance {
        speech = List.copyOf(speech);
        if (speech.isEmpty()) {
            throw new IllegalArgumentException("the utterance has no speech in it");
        }
    }

    /** The sample at which speech begins. */
    public int onset() {
        return speech.getFirst().start();
    }

    /** The sample after the last of speech. */
    public int end() {
        return speech.getLast().end();
    }
}
