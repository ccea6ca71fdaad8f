package dev.dialplane.agent.call;

import dev.dialplane.agent.speaking.Speech;
import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.ResponseTime;
import dev.dialplane.contracts.inference.v1.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that the agent says, and why. */
final class Saying {
    /** Why it is said. */
    sealed interface Purpose {
        /** The first words of the call. */
        record Greeting() implements Purpose {}

        /** Asks whether the call may be recorded. */
        record Consent() implements Purpose {}

        /** The reply to the caller's turn of that number. */
        record Reply(int turn) implements Purpose {}

        /** Asks whether the caller is still there. */
        record IdlePrompt() implements Purpose {}

        /** Fills the wait for a slow model; no turn of the dialogue. */
        record Filler() implements Purpose {}

        /**
         * Dials; no words, and nothing that the caller does stops it.
         *
         * @param then what to do once the digits were heard
         */
        record Dialing(String digits, List<Action> then) implements Purpose {}

        /** The last words: the call ends with that cause once they were heard. */
        record Farewell(Cause cause, boolean interruptible) implements Purpose {}
    }

    private final Speech speech;
    private Purpose purpose;
    private final @Nullable Answer answer;
    private long startMs;
    private @Nullable ResponseTime response;

    Saying(Speech speech, Purpose purpose, @Nullable Answer answer) {
        this.speech = speech;
        this.purpose = purpose;
        this.answer = answer;
    }

    Speech speech() {
        return speech;
    }

    Purpose purpose() {
        return purpose;
    }

    @Nullable
    Answer answer() {
        return answer;
    }

    boolean filler() {
        return purpose instanceof Purpose.Filler;
    }

    boolean interruptible() {
        return switch (purpose) {
            case Purpose.Farewell(var _, boolean interruptible) -> interruptible;
            case Purpose.Dialing _ -> false;
            // Whoever has not heard it to its end has not agreed to anything.
            case Purpose.Consent _ -> false;
            case Purpose.Greeting _, Purpose.Reply _, Purpose.IdlePrompt _, Purpose.Filler _ -> true;
        };
    }

    int answersTurn() {
        return purpose instanceof Purpose.Reply(int turn) ? turn : 0;
    }

    /** The caller's turn that it answers was committed under this number. */
    void replies(int turn) {
        purpose = new Purpose.Reply(turn);
    }

    long startMs() {
        return startMs;
    }

    void startMs(long mediaMs) {
        startMs = mediaMs;
    }

    @Nullable
    ResponseTime response() {
        return response;
    }

    void response(ResponseTime time) {
        response = time;
    }
}
