package dev.dialplane.inference.local.smollm;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.common.v1.Answer;
import dev.dialplane.contracts.common.v1.Fact;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import java.util.List;
import java.util.Map;

/** Prompts in ChatML, the format that SmolLM2 was trained with. The system part is the same for all calls of a pool. */
final class ChatMl {
    static final String END = "<|im_end|>";
    private static final String START = "<|im_start|>";
    private static final int MAX_ANSWERS = 24;
    private static final int MAX_TURN = 600;

    private ChatMl() {}

    /** Instructions, facts and answers: the ground truth. */
    static String system(AgentSpec spec) {
        StringBuilder text = new StringBuilder(clean(spec.getInstructions()).strip());
        text.append("\nYou are on the phone. Answer in one or two short sentences, only from these facts. ")
                .append("If the facts do not say it, say that you do not know.");
        for (Fact fact : spec.getFactsList()) {
            text.append("\n- ").append(clean(fact.getName())).append(": ").append(clean(fact.getValue()));
        }
        List<Answer> answers = spec.getAnswersList();
        for (Answer answer : answers.subList(0, Math.min(MAX_ANSWERS, answers.size()))) {
            if (answer.getWhenCount() > 0) {
                text.append("\n- ")
                        .append(clean(answer.getWhen(0)))
                        .append(' ')
                        .append(clean(filled(answer.getSay(), spec)));
            }
        }
        return START + "system\n" + text.toString().strip() + END + "\n";
    }

    private static String filled(String say, AgentSpec spec) {
        String text = say;
        for (Fact fact : spec.getFactsList()) {
            text = text.replace("{" + fact.getName() + "}", fact.getValue());
        }
        return text;
    }

    /** The turns from {@code first} on, and the beginning of the agent's next one. */
    static String turns(List<DialogueTurn> dialogue, int first, Map<String, String> variables) {
        StringBuilder text = new StringBuilder();
        for (DialogueTurn turn : dialogue.subList(first, dialogue.size())) {
            String said = clean(turn.getText());
            if (said.length() > MAX_TURN) {
                said = said.substring(0, MAX_TURN);
            }
            if (!said.isBlank()) {
                String who = turn.getSpeaker() == Speaker.SPEAKER_AGENT ? "assistant" : "user";
                text.append(START)
                        .append(who)
                        .append('\n')
                        .append(said.strip())
                        .append(END)
                        .append('\n');
            }
        }
        variables.forEach((name, value) -> {
            if (text.isEmpty()) {
                text.append(START)
                        .append("user\nMy ")
                        .append(clean(name))
                        .append(" is ")
                        .append(clean(value))
                        .append(END)
                        .append('\n');
            }
        });
        return text.append(START).append("assistant\n").toString();
    }

    /** What callers and pools say must not end a turn or begin another. */
    private static String clean(String text) {
        return text.replace("<|", "< |");
    }
}
