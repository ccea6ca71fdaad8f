package dev.dialplane.local.scenario;

import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Keys;
import dev.dialplane.local.scenario.Scenario.Step;
import dev.dialplane.local.scenario.Scenario.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which turns of the caller's a scenario comes to, and what its model says to each.
 *
 * @param turns in order
 */
public record ExpectedTurns(List<Turn> turns) {
    /**
     * A turn of the caller's.
     *
     * @param text what was said or keyed in it, in one or several steps
     * @param steps their numbers, from 0
     * @param replies what the model says to it, in order: more than one if a tool is run
     */
    public record Turn(String text, List<Integer> steps, List<Agent> replies) {
        /** Copies the lists. */
        public Turn {
            steps = List.copyOf(steps);
            replies = List.copyOf(replies);
        }
    }

    /** Copies the list. */
    public ExpectedTurns {
        turns = List.copyOf(turns);
    }

    /**
     * Those of a scenario.
     *
     * @throws IllegalArgumentException if the agent replies before anybody has said anything
     */
    public static ExpectedTurns of(Scenario scenario) {
        List<Turn> turns = new ArrayList<>();
        List<String> said = new ArrayList<>();
        List<Integer> steps = new ArrayList<>();
        List<Agent> replies = new ArrayList<>();
        for (int i = 0; i < scenario.steps().size(); i++) {
            Step step = scenario.steps().get(i);
            String words = words(step);
            if (words != null) {
                if (!replies.isEmpty()) {
                    turns.add(new Turn(String.join(" ", said), steps, replies));
                    said.clear();
                    steps.clear();
                    replies.clear();
                }
                said.add(words);
                steps.add(i);
            } else if (step instanceof Agent agent && isReply(scenario, agent)) {
                if (said.isEmpty()) {
                    throw new IllegalArgumentException("the agent says '" + agent.text() + "' to nothing");
                }
                replies.add(agent);
            }
        }
        if (!said.isEmpty()) {
            turns.add(new Turn(String.join(" ", said), steps, replies));
        }
        return new ExpectedTurns(turns);
    }

    private static boolean isReply(Scenario scenario, Agent agent) {
        return Phrase.of(agent.text()).isEmpty() && !agent.text().equals(scenario.greeting());
    }

    private static @Nullable String words(Step step) {
        return switch (step) {
            case Caller caller
            when caller.counts() ->
                caller.parts().stream()
                        .flatMap(part -> part instanceof Words(String text)
                                ? java.util.stream.Stream.of(text)
                                : java.util.stream.Stream.empty())
                        .collect(Collectors.joining(" "));
            case Keys keys -> keys.keys().replace("#", "");
            default -> null;
        };
    }

    /** What the caller says in each. */
    public List<String> texts() {
        return turns.stream().map(Turn::text).toList();
    }
}
