package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.NamedValue;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that the agent can say without a language model.
 *
 * @param when examples of what a caller says
 * @param slots what has to be known first
 * @param say the answer; {@code {name}} stands for a slot or a fact
 * @param then what happens once it was said
 */
@ApiType
public record Answer(
        @JsonPropertyDescription("Examples of what a caller says, at most 16 of at most 256 characters.")
        @Required
        @Size(min = 1, max = 16)
        List<String> when,

        @JsonPropertyDescription("Asked for until known.") @Size(max = 8)
        List<Slot> slots,

        @JsonPropertyDescription("The answer; {name} stands for a slot or a fact.") @Required @Size(min = 1, max = 1024)
        String say,

        @JsonPropertyDescription("What happens once the answer was said.") @Nullable
        Then then) {

    /** Reads an absent list as an empty one. */
    @SuppressWarnings("NullAway")
    public Answer {
        when = when == null ? List.of() : List.copyOf(when);
        slots = slots == null ? List.of() : List.copyOf(slots);
    }

    /**
     * Something to be learned from the caller.
     *
     * @param name by which the answer refers to it
     * @param type how it is understood and spoken
     * @param sensitive whether its value is in no record and no recording
     */
    @ApiType
    public record Slot(
            @Required @Size(min = 1, max = 63) @Pattern(NamedValue.PLACEHOLDER)
            String name,

            @JsonPropertyDescription("How it is understood and spoken.") @Required
            SlotType type,

            @JsonPropertyDescription("Its value, a card's number for instance, is in no record and no recording.")
            @Default("false")
            boolean sensitive) {}

    /** How a slot is understood and spoken. */
    public enum SlotType {
        /** A day. */
        Date,
        /** A time of day. */
        Time,
        /** A number. */
        Number,
        /** A telephone number. */
        Phone,
        /** Anything. */
        Text,
        /** Yes or no. */
        YesNo
    }

    /**
     * What follows an answer.
     *
     * @param action what to do
     * @param target the transfer target's or the tool's name
     * @param digits what to dial
     */
    @ApiType
    @ValidationRule(
            value = "!(self.action in ['Transfer', 'Tool']) || has(self.target)",
            message = "then.target is required for action Transfer (a name from transferTargets) and Tool (a name from"
                    + " tools)")
    @ValidationRule(
            value = "self.action in ['Transfer', 'Tool'] || !has(self.target)",
            message = "then.target must be omitted for actions HangUp and SendDigits")
    @ValidationRule(
            value = "(self.action == 'SendDigits') == has(self.digits)",
            message = "then.digits is required for action SendDigits, and must be omitted for others")
    public record Then(
            @Required Action action,

            @Size(min = 1, max = 63) @Pattern("^[A-Za-z0-9][A-Za-z0-9_-]*$") @Nullable
            String target,

            @JsonPropertyDescription("Sent to the other side as tones once the answer was heard: 0-9, *, #, A-D, and w"
                    + " for half a second's pause.")
            @Pattern("^[0-9*#A-Dw]{1,32}$")
            @Nullable
            String digits) {}

    /** What can follow an answer. */
    public enum Action {
        /** Put the call through to a transfer target. */
        Transfer,
        /** End the call once the answer was heard. */
        HangUp,
        /** Invoke a tool. */
        Tool,
        /** Dial digits, as tones, once the answer was heard. */
        SendDigits
    }
}
