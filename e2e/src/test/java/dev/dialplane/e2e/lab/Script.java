package dev.dialplane.e2e.lab;

import dev.dialplane.agent.rehearsal.ScriptedModels.Reply;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.ActionKind;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.local.scenario.ExpectedTurns;
import dev.dialplane.local.scenario.Scenario.Agent;
import java.util.ArrayList;
import java.util.List;

/** What a scenario's model says to each turn of the caller's. */
final class Script {
    private final List<ExpectedTurns.Turn> turns;

    Script(ExpectedTurns expected) {
        turns = expected.turns();
    }

    Reply reply(GenerateRequest request) {
        List<DialogueTurn> dialogue = request.getDialogueList();
        int turn = (int) dialogue.stream()
                .filter(said -> said.getSpeaker() == Speaker.SPEAKER_CALLER)
                .count();
        List<Agent> said = turn == 0 || turn > turns.size()
                ? List.of()
                : turns.get(turn - 1).replies();
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
