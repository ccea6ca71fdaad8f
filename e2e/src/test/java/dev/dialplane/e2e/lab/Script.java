package dev.dialplane.e2e.lab;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Agent;
import dev.dialplane.local.scenario.Scenario.Caller;
import dev.dialplane.local.scenario.Scenario.Keys;
import dev.dialplane.local.scenario.Scenario.Step;
import dev.dialplane.local.scenario.Scenario.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a scenario's model says to each turn of the caller's, and which turns there should be. */
final class Script {
    /** What the scripted agent says by itself. */
    static final String HOLD = "One moment, please.";

    static final String HOLD_AGAIN = "Thank you for waiting.";
    private static final Set<String> PHRASES =
            Set.of("I am sorry, something has gone wrong.", HOLD, HOLD_AGAIN, "Are you still there?", "Goodbye.");

    /** The caller's turns. */
    private final List<String> turns = new ArrayList<>();
    /** What is said to each, in order: more than one if a tool is run, or a reply breaks off. */
    private final List<List<Agent>> replies = new ArrayList<>();

    Script(Scenario scenario, String greeting) {
        boolean open = false;
        for (Step step : scenario.steps()) {
            String said = said(step);
            if (said != null) {
                if (open) {
                    turns.set(turns.size() - 1, turns.getLast() + " " + said);
                } else {
                    turns.add(said);
                    replies.add(new ArrayList<>());
                    open = true;
                }
            } else if (step instanceof Agent agent
                    && !isPhrase(agent)
                    && !agent.text().equals(greeting)) {
                if (replies.isEmpty()) {
                    throw new IllegalArgumentException("the agent says '" + agent.text() + "' to nothing");
                }
                replies.getLast().add(agent);
                open = false;
            }
        }
    }

    static boolean isPhrase(Agent agent) {
        return PHRASES.contains(agent.text());
    }

    static boolean isFiller(Agent agent) {
        return agent.text().equals(HOLD) || agent.text().equals(HOLD_AGAIN);
    }

    private static @org.jspecify.annotations.Nullable String said(Step step) {
        return switch (step) {
            case Caller caller
            when caller.counts() ->
                String.join(
                        " ",
                        caller.parts().stream()
                                .filter(Words.class::isInstance)
                                .map(part -> ((Words) part).text())
                                .toList());
            case Keys keys -> keys.keys().replace("#", "");
            default -> null;
        };
    }

    List<String> turns() {
        return turns;
    }

    Reply reply(GenerateRequest request) {
        List<DialogueTurn> dialogue = request.getDialogueList();
        int turn = (int) dialogue.stream()
                .filter(said -> said.getSpeaker() == Speaker.SPEAKER_CALLER)
                .count();
        List<Agent> said = turn == 0 || turn > replies.size() ? List.of() : replies.get(turn - 1);
        int which = dialogue.getLast().getSpeaker() == Speaker.SPEAKER_CALLER ? 0 : 1;
        if (which >= said.size()) {
            return Reply.of("I do not know what to say to that.");
        }
        return reply(said.get(which));
    }

    private static Reply reply(Agent agent) {
        Expecting expecting = switch (agent.asks()) {
            case "yes or no" -> Expecting.EXPECTING_YES_NO;
            case "a value" -> Expecting.EXPECTING_VALUE;
            case "anything" -> Expecting.EXPECTING_OPEN;
            default -> Expecting.EXPECTING_NOTHING;
        };
        List<Action> actions = new ArrayList<>();
        if (agent.then() != null) {
            actions.add(
                    agent.then().equals("hang up")
                            ? Action.newBuilder()
                                    .setKind(ActionKind.ACTION_KIND_HANG_UP)
                                    .build()
                            : Action.newBuilder()
                                    .setKind(ActionKind.ACTION_KIND_TRANSFER)
                                    .setTarget(agent.then())
                                    .build());
        }
        List<ToolCallDelta> tools = agent.tool() == null
                ? List.of()
                : List.of(ToolCallDelta.newBuilder()
                        .setToolCallId("0")
                        .setName(agent.tool())
                        .setArguments("{}")
                        .build());
        return new Reply(agent.text(), actions, tools, expecting);
    }
}
