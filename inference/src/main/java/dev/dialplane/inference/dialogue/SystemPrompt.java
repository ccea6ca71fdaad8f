package dev.dialplane.inference.dialogue;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import java.util.List;

/** What a language model is told before a call: the pool's instructions, how one speaks on the phone, and the ground truth. */
public final class SystemPrompt {
    private static final String ON_THE_PHONE =
            "\nYou are on the phone. Answer in one or two short sentences, only from these facts. "
                    + "If the facts do not say it, say that you do not know.";

    private SystemPrompt() {}

    /**
     * The same text for all calls of a pool.
     *
     * @param answers how many of the pool's answers at most
     */
    public static String of(AgentSpec spec, int answers) {
        StringBuilder text = new StringBuilder(spec.getInstructions().strip()).append(ON_THE_PHONE);
        for (Fact fact : spec.getFactsList()) {
            text.append("\n- ").append(fact.getName()).append(": ").append(fact.getValue());
        }
        List<Answer> known = spec.getAnswersList();
        for (Answer answer : known.subList(0, Math.min(answers, known.size()))) {
            if (answer.getWhenCount() > 0) {
                text.append("\n- ").append(answer.getWhen(0)).append(' ').append(filled(answer.getSay(), spec));
            }
        }
        return text.toString().strip();
    }

    private static String filled(String say, AgentSpec spec) {
        String text = say;
        for (Fact fact : spec.getFactsList()) {
            text = text.replace("{" + fact.getName() + "}", fact.getValue());
        }
        return text;
    }
}
