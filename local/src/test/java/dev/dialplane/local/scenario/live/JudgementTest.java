package dev.dialplane.local.scenario.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.contracts.agent.v1.AgentTurn;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.ScenarioReader;
import dev.dialplane.local.scenario.live.Judgement.Verdict;
import dev.dialplane.local.scenario.live.Play.Found;
import dev.dialplane.local.yaml.YamlText.MalformedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final String SCENARIO = """
            scenario: s
            about: a
            pool: {greeting: "Hello."}
            call:
            - agent: "Hello."
              silent within: 300ms
            - caller: "When are you open?"
              into: 500ms
            - agent: "From nine."
              within: 500ms
              not before: 100ms
            - ends: CallerHungUp
              within: 1s
            """;

    private final Map<Integer, Found> steps = new HashMap<>();
    private List<String> callerTurns = List.of("When are you open?");
    private List<AgentTurn> agentTurns = List.of(cut("Hello.", "Hel"), whole("From nine."));
    private String cause = "CallerHungUp";
    private long closedMs = 6500;

    @BeforeEach
    void asItIsWritten() {
        steps.put(0, new Found(1000, 0, null, false));
        steps.put(1, new Found(1500, 3000, 200L, false));
        steps.put(2, new Found(3400, 3000, null, false));
    }

    @Test
    void aCallThatWentAsItIsWrittenHolds() throws MalformedException {
        assertThat(verdicts()).hasSize(4).allMatch(Verdict::held);
    }

    @Test
    void aReplyThatComesTooLateOrTooEarlyDoesNot() throws MalformedException {
        steps.put(2, new Found(3000 + 500 + Judgement.LATER_MS, 3000, null, false));
        assertThat(verdicts()).allMatch(Verdict::held);
        steps.put(2, new Found(3000 + 500 + Judgement.LATER_MS + 20, 3000, null, false));
        assertThat(broken())
                .containsExactly("agent   From nine.: not within 500 + 150 ms; 670 ms after the caller; heard whole");
        steps.put(2, new Found(3020, 3000, null, false));
        assertThat(broken()).singleElement().asString().contains("before 100 - 60 ms");
    }

    @Test
    void whatWasSaidAndHowMuchOfItWasHeardIsCompared() throws MalformedException {
        agentTurns = List.of(whole("Hello."), whole("From ten."));

        assertThat(broken())
                .satisfiesExactly(
                        greeting -> assertThat(greeting).contains("heard: all of it"),
                        reply -> assertThat(reply).contains("the agent said 'From ten.'"));
    }

    @Test
    void theCallersWordsAreComparedTurnByTurn() throws MalformedException {
        callerTurns = List.of("When are you", "open?");

        assertThat(broken())
                .satisfiesExactly(
                        turn -> assertThat(turn).contains("turn 1 is 'When are you'"),
                        more -> assertThat(more).contains("(nothing else)", "'open?'"));
    }

    @Test
    void anAgentThatIsNotSilentInTimeIsToldOfWithTheInterruption() throws MalformedException {
        steps.put(1, new Found(1500, 3000, 460L, false));
        assertThat(broken()).singleElement().asString().contains("not silent within 300 + 150 ms");
        steps.put(1, new Found(1500, 3000, null, false));
        assertThat(broken()).hasSize(1);
    }

    @Test
    void howAndWhenItEndsIsCompared() throws MalformedException {
        cause = "AgentHungUp";
        closedMs = 7500;

        assertThat(broken()).singleElement().asString().contains("ended by AgentHungUp", "not within 1000 + 150 ms");
    }

    @Test
    void whatWasNotReachedDidNotHold() throws MalformedException {
        steps.remove(2);
        agentTurns = List.of(cut("Hello.", "Hel"));

        assertThat(broken()).singleElement().asString().contains("did not come to this");
    }

    private List<String> broken() throws MalformedException {
        return verdicts().stream()
                .filter(verdict -> !verdict.held())
                .map(verdict -> verdict.line() + ": " + verdict.found())
                .toList();
    }

    private List<Verdict> verdicts() throws MalformedException {
        Scenario scenario = ScenarioReader.parse(SCENARIO);
        return Judgement.of(scenario, new Play.Log(steps, callerTurns, agentTurns, 3, 6000, closedMs, ""), cause);
    }

    private static AgentTurn whole(String text) {
        return AgentTurn.newBuilder().setText(text).setHeardText(text).build();
    }

    private static AgentTurn cut(String text, String heard) {
        return AgentTurn.newBuilder()
                .setText(text)
                .setHeardText(heard)
                .setInterrupted(true)
                .build();
    }
}
