package dev.dialplane.inference.answers;

import dev.dialplane.contracts.inference.v1.Expecting;
import java.util.Map;

/**
 * What the agent says next.
 *
 * @param then what it does after it has said so
 * @param state for the next turn
 * @param sensitive says what must not be kept
 */
record Reply(String text, Then then, Expecting expecting, AnswersState state, boolean sensitive) {
    Reply(String text, Then then, Expecting expecting, AnswersState state) {
        this(text, then, expecting, state, false);
    }

    Reply saysWhatIsSensitive() {
        return new Reply(text, then, expecting, state, true);
    }

    /** What follows a reply. */
    sealed interface Then {}

    /** The conversation goes on. */
    record GoOn() implements Then {}

    record HangUp() implements Then {}

    /** @param target a transfer target's name */
    record Transfer(String target) implements Then {}

    /** @param digits to be dialed, as the contract has them */
    record SendDigits(String digits) implements Then {}

    /**
     * @param name a tool's
     * @param arguments canonical values by slot
     */
    record CallTool(String name, Map<String, String> arguments) implements Then {}

    static Reply of(String text, Expecting expecting, AnswersState state) {
        return new Reply(text, new GoOn(), expecting, state);
    }
}
