package dev.dialplane.local.scenario;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as it should go: what the caller does, what the agent says to it, and when. {@code e2e/scenarios/README.md}
 * tells how one is written. Durations are in ms.
 *
 * @param title what it shows, in a sentence
 * @param about the complaint that it is an answer to
 * @param pool what differs from a pool's defaults, as under {@code spec.agent} of a VoiceAgentPool
 * @param pausingCarrier whether the carrier can pause playback at the exact sample
 * @param models how fast the models are
 * @param steps in order
 */
public record Scenario(
        String title, String about, Map<String, Object> pool, boolean pausingCarrier, Models models, List<Step> steps) {

    /** What the agent says first, unless the pool says otherwise. */
    public static final String GREETING = "Good morning, City Dental. How can I help?";

    /** Copies the map and the list. */
    public Scenario {
        pool = Map.copyOf(pool);
        steps = List.copyOf(steps);
    }

    /** What the agent says first. */
    public String greeting() {
        return pool.getOrDefault("greeting", GREETING).toString();
    }

    /**
     * How fast models are, and how they fail.
     *
     * @param hears from the end of speech to the transcript
     * @param thinks to the first word of a reply
     * @param speaks from a clause to its first audio
     * @param fallback how fast the fallback model is; null if there is none
     * @param breaksAfter after how many words a reply stalls or fails; null if never
     * @param stalls how long it stalls then; 0 for a failure
     * @param fails whether every reply fails at once
     */
    public record Models(
            int hears,
            int thinks,
            int speaks,
            @Nullable Integer fallback,
            @Nullable Integer breaksAfter,
            int stalls,
            boolean fails) {
        /** Quick and reliable ones. */
        public static final Models QUICK = new Models(60, 20, 40, null, null, 0, false);
    }

    /** What happens. */
    public sealed interface Step {}

    /**
     * The caller speaks.
     *
     * @param parts what is heard of it, with pauses
     * @param after how long after the agent has fallen silent; ignored with {@code into}
     * @param into how long after the agent began to speak; null if the caller waits until it has finished
     * @param counts whether it is a turn: a listener's sounds are none
     */
    public record Caller(
            List<Part> parts, int after, @Nullable Integer into, boolean counts) implements Step {
        /** Copies the list. */
        public Caller {
            parts = List.copyOf(parts);
        }
    }

    /** A stretch of what a caller does. */
    public sealed interface Part {}

    /**
     * Words.
     *
     * @param text as the recognizer writes it
     */
    public record Words(String text) implements Part {}

    /**
     * A sound without words, such as a cough.
     *
     * @param lasts ms
     */
    public record Sound(int lasts) implements Part {}

    /**
     * Silence within what is said.
     *
     * @param lasts ms
     */
    public record Pause(int lasts) implements Part {}

    /**
     * The caller presses keys, 200 ms apart.
     *
     * @param into as for {@link Caller}
     */
    public record Keys(String keys, int after, @Nullable Integer into) implements Step {}

    /**
     * The agent speaks.
     *
     * @param text what it should say; the model's reply, unless it is one of the agent's own phrases
     * @param within how long after the caller has finished the caller hears it at the latest
     * @param notBefore ... and at the earliest
     * @param heard how much of it the caller hears
     * @param silentWithin how long after the caller began to interrupt the agent is silent; null if it is not interrupted
     * @param asks what its words ask for: {@code anything}, {@code yes or no}, {@code a value}
     * @param then what it does after it: null, {@code hang up}, or the target of a transfer
     * @param tool a tool that it has run after it; null for none
     * @param toolTakes how long that takes
     */
    public record Agent(
            String text,
            @Nullable Integer within,
            @Nullable Integer notBefore,
            Heard heard,
            @Nullable Integer silentWithin,
            String asks,
            @Nullable String then,
            @Nullable String tool,
            int toolTakes)
            implements Step {}

    /** How much of what the agent says is heard. */
    public enum Heard {
        /** All of it, though perhaps with a pause in it. */
        WHOLE,
        /** A beginning. */
        CUT
    }

    /** Nothing happens for so long, and nothing should. */
    public record Quiet(int lasts) implements Step {}

    /** From now on the models are like this. */
    public record Change(Models models) implements Step {}

    /**
     * The call ends.
     *
     * @param cause as in a CallSession's status
     * @param within ms
     */
    public record Ends(String cause, int within) implements Step {}

    /** The caller hangs up. */
    public record HangsUp() implements Step {}
}
