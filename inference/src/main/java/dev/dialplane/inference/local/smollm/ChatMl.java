package dev.dialplane.inference.local.smollm;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.inference.dialogue.SystemPrompt;
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
        return START + "system\n" + clean(SystemPrompt.of(spec, MAX_ANSWERS)) + END + "\n";
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
