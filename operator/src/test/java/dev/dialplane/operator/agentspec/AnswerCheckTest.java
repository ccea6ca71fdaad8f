package dev.dialplane.operator.agentspec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.operator.TestPools;
import org.junit.jupiter.api.Test;

class AnswerCheckTest {

    @Test
    void aWholeAgentHasNoProblems() {
        assertThat(AnswerCheck.problems(TestPools.pool("""
                {greeting: "This is {name}.", instructions: "You are at {address}.",
                 facts: [{name: name, value: x}, {name: address, value: y}],
                 answers: [{when: [a], slots: [{name: day, type: Date}], say: "{day} at {address}"}],
                 transferTargets: [], tools: []}""").getSpec().agent())).isEmpty();
    }

    @Test
    void everyPlaceholderThatStandsForNothingIsNamedWithItsField() {
        assertThat(AnswerCheck.problems(TestPools.pool("""
                {greeting: "This is {name}.", instructions: "You are at {adress} {adress}.",
                 facts: [{name: address, value: y}],
                 answers: [{when: [a], say: ok}, {when: [a], slots: [{name: day, type: Date}], say: "{day} {time}"}]}""").getSpec().agent()))
                .containsExactly(
                        "spec.agent.greeting: {name} is not the name of a fact (known: address)",
                        "spec.agent.instructions: {adress} is not the name of a fact (known: address)",
                        "spec.agent.answers[1].say: {time} is not the name of a slot or a fact (known: address, day)");
    }

    @Test
    void whatOnlyLooksLikeAPlaceholderIsText() {
        assertThat(AnswerCheck.problems(TestPools.pool("{greeting: 'Braces {} { } {1} {a b} are fine.'}")
                        .getSpec()
                        .agent()))
                .isEmpty();
    }

    @Test
    void aTargetThatDoesNotExistIsNamed() {
        assertThat(AnswerCheck.problems(TestPools.pool("""
                {answers: [{when: [a], say: ok, then: {action: Transfer, target: desk}},
                           {when: [a], say: ok, then: {action: Tool, target: find}},
                           {when: [a], say: ok, then: {action: HangUp}},
                           {when: [a], say: ok, then: {action: SendDigits, digits: "1"}}],
                 transferTargets: [{name: front, to: "+918000000009"}]}""").getSpec().agent()))
                .containsExactly(
                        "spec.agent.answers[0].then.target: 'desk' is not the name of a transfer target (known: front)",
                        "spec.agent.answers[1].then.target: 'find' is not the name of a tool (known: none)");
    }
}
