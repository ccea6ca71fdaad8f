package dev.dialplane.operator.agentspec;

import dev.dialplane.crds.NamedValue;
import dev.dialplane.crds.pool.Agent;
import dev.dialplane.crds.pool.Answer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be wrong with an agent's texts that the API server cannot afford to check. */
public final class AnswerCheck {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_-]{0,62})\\}");

    private AnswerCheck() {}

    /** Returns a sentence for every placeholder that stands for nothing, and for every target that does not exist. */
    public static List<String> problems(Agent agent) {
        List<String> problems = new ArrayList<>();
        Set<String> facts =
                new TreeSet<>(agent.facts().stream().map(NamedValue::name).toList());
        unknown("spec.agent.greeting", agent.greeting(), facts, "a fact", problems);
        unknown("spec.agent.instructions", agent.instructions(), facts, "a fact", problems);
        for (int i = 0; i < agent.answers().size(); i++) {
            Answer answer = agent.answers().get(i);
            Set<String> known = new TreeSet<>(facts);
            answer.slots().forEach(slot -> known.add(slot.name()));
            unknown("spec.agent.answers[%d].say".formatted(i), answer.say(), known, "a slot or a fact", problems);
            target(i, answer, agent, problems);
        }
        return problems;
    }

    private static void unknown(String field, String text, Set<String> known, String what, List<String> problems) {
        Set<String> told = new HashSet<>();
        for (Matcher found = PLACEHOLDER.matcher(text); found.find(); ) {
            String name = found.group(1);
            if (!known.contains(name) && told.add(name)) {
                problems.add("%s: {%s} is not the name of %s (known: %s)"
                        .formatted(field, name, what, known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
    }

    private static void target(int index, Answer answer, Agent agent, List<String> problems) {
        Answer.Then then = answer.then();
        if (then == null) {
            return;
        }
        @Nullable
        List<String> names = switch (then.action()) {
            case Transfer ->
                agent.transferTargets().stream().map(Agent.TransferTarget::name).toList();
            case Tool -> agent.tools().stream().map(tool -> tool.name()).toList();
            case HangUp, SendDigits -> null;
        };
        String target = then.target();
        if (names != null && (target == null || !names.contains(target))) {
            problems.add("spec.agent.answers[%d].then.target: '%s' is not the name of a %s (known: %s)"
                    .formatted(
                            index,
                            target,
                            then.action() == Answer.Action.Tool ? "tool" : "transfer target",
                            names.isEmpty() ? "none" : String.join(", ", names)));
        }
    }
}
