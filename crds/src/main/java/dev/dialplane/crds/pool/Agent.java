package dev.dialplane.crds.pool;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.dialplane.crds.ApiType;
import dev.dialplane.crds.NameRef;
import dev.dialplane.crds.NamedValue;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * Who answers: what it says, what it knows, which models it uses, how it takes turns.
 *
 * @param language BCP 47 tag
 * @param greeting its first sentence; empty for an agent that waits to be spoken to
 * @param instructions for a language model; {@code {name}} stands for a fact
 * @param facts substituted into instructions and answers
 * @param answers what it can say without a language model
 * @param pipeline the models
 * @param turnTaking when to speak and when to listen
 * @param slowModel what a caller hears while a model is slow
 * @param transferTargets whom a call can be put through to
 * @param tools what it can do besides speaking
 */
@ApiType
@ValidationRule(
        value = "!has(self.answers) || self.answers.all(a, !has(a.then) || a.then.action != 'Transfer'"
                + " || (has(self.transferTargets) && self.transferTargets.exists(t, t.name == a.then.target)))",
        message = "spec.agent.answers: a then.target of action Transfer must be the name of one of"
                + " spec.agent.transferTargets")
@ValidationRule(
        value = "!has(self.answers) || self.answers.all(a, !has(a.then) || a.then.action != 'Tool'"
                + " || (has(self.tools) && self.tools.exists(t, t.name == a.then.target)))",
        message = "spec.agent.answers: a then.target of action Tool must be the name of one of spec.agent.tools")
public record Agent(
        @JsonPropertyDescription("BCP 47 tag of the language that the agent speaks.")
        @Default("en-IN")
        @Size(min = 2, max = 35)
        @Pattern("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
        String language,

        @JsonPropertyDescription("The agent's first sentence. Empty: it waits to be spoken to.") @Size(max = 1024)
        String greeting,

        @JsonPropertyDescription("Instructions to a language model; {name} stands for a fact.") @Size(max = 16384)
        String instructions,

        @JsonPropertyDescription("Texts that {name} stands for in the greeting, instructions and answers.")
        @Size(max = 64)
        List<NamedValue> facts,

        @JsonPropertyDescription("What the agent can say without a language model; given to one as ground truth.")
        @Size(max = 64)
        List<Answer> answers,

        @JsonPropertyDescription("The models. When omitted, those that run locally on the CPU.")
        @Default("{\"mode\":\"Cascade\",\"speechToText\":{\"provider\":\"local\",\"model\":\"moonshine-tiny\"},"
                + "\"languageModel\":{\"provider\":\"local\",\"model\":\"answers\"},"
                + "\"textToSpeech\":{\"provider\":\"local\",\"model\":\"piper-joe\"}}")
        Pipeline pipeline,

        @JsonPropertyDescription("When to speak and when to listen.") @Default("{}")
        TurnTaking turnTaking,

        @JsonPropertyDescription("What the caller hears while a model is slow, by time since the caller's turn.")
        @Default("{}")
        SlowModel slowModel,

        @JsonPropertyDescription("Whom a call can be put through to.") @Size(max = 32)
        List<TransferTarget> transferTargets,

        @JsonPropertyDescription("What the agent can do besides speaking; called by inference, never by the agent.")
        @Size(max = 32)
        List<Tool> tools) {

    /** Reads an absent text or list as an empty one. */
    @SuppressWarnings("NullAway")
    public Agent {
        instructions = instructions == null ? "" : instructions;
        greeting = greeting == null ? "" : greeting;
        facts = facts == null ? List.of() : List.copyOf(facts);
        answers = answers == null ? List.of() : List.copyOf(answers);
        transferTargets = transferTargets == null ? List.of() : List.copyOf(transferTargets);
        tools = tools == null ? List.of() : List.copyOf(tools);
    }

    /**
     * Whom a call can be put through to.
     *
     * @param name by which answers refer to it
     * @param to an E.164 number
     */
    @ApiType
    public record TransferTarget(
            @Required @Size(min = 1, max = 63) @Pattern(NameRef.NAME)
            String name,

            @JsonPropertyDescription("An E.164 number, such as +918000000009.")
            @Required
            @Size(max = 16)
            @Pattern("^\\+[1-9][0-9]{6,14}$")
            String to) {}
}
