package dev.dialplane.agent.call;

import dev.dialplane.agent.dialogue.Dialogue;
import dev.dialplane.agent.dialogue.Errand;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.contracts.inference.v1.InvokeRequest;
import dev.dialplane.contracts.inference.v1.InvokeResponse;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the tools that a committed reply wants run, all at once, and enters into the dialogue what came of them. What goes
 * wrong is a result, too: the model is told, and finds words for it.
 */
final class Errands {
    private static final System.Logger LOG = System.getLogger(Errands.class.getName());
    /** A model that calls tool upon tool, without an answer, is let do so for so long. */
    private static final int MOST_ROUNDS = 5;

    private static final int MOST_AT_ONCE = 8;
    private static final int TIMEOUT_MS = 8000;

    private final CallContext call;
    private final Dialogue dialogue;
    private final Runnable over;
    private final List<Models.Asked<?>> asked = new ArrayList<>();
    private int turn;
    private int rounds;

    /** @param over runs whenever the last one that was under way is done */
    Errands(CallContext call, Dialogue dialogue, Runnable over) {
        this.call = call;
        this.dialogue = dialogue;
        this.over = over;
    }

    /** Whether some are under way. */
    boolean running() {
        return dialogue.errandsRun();
    }

    /**
     * Sends off what a reply wants.
     *
     * @param answersTurn the caller's turn that it answers
     */
    void run(int answersTurn, List<ToolCallDelta> calls) {
        if (answersTurn != turn) {
            turn = answersTurn;
            rounds = 0;
        }
        if (calls.isEmpty()) {
            return;
        }
        if (++rounds > MOST_ROUNDS || calls.size() > MOST_AT_ONCE) {
            LOG.log(
                    Level.WARNING,
                    "call {0}: the model wants {1} tools run, in round {2} of this turn: not run",
                    call.fence(),
                    calls.size(),
                    rounds);
            return;
        }
        List<Errand> errands = new ArrayList<>();
        int before = dialogue.errandsFor(turn);
        for (ToolCallDelta wanted : calls) {
            String key = Errand.key(turn, before + errands.size());
            errands.add(new Errand(key, wanted.getName(), wanted.getArguments(), null));
        }
        dialogue.errandsBegin(errands);
        errands.forEach(this::send);
    }

    /** Sends off once more what another agent has sent off and not heard of: tools know the key. */
    void runAgain() {
        dialogue.errands().stream().filter(Errand::running).forEach(this::send);
    }

    private void send(Errand errand) {
        asked.add(call.models()
                .invoke(
                        call.token(),
                        InvokeRequest.newBuilder()
                                .setSpecHash(call.prepared().hash())
                                .setName(errand.tool())
                                .setArgumentsJson(errand.arguments())
                                .setIdempotencyKey(errand.key())
                                .setTimeoutMs(TIMEOUT_MS)
                                .build(),
                        response -> done(errand, result(response)),
                        status -> failed(errand, status)));
    }

    private static String result(InvokeResponse response) {
        String output = response.getOutputJson();
        if (response.getError().isEmpty()) {
            return output.isEmpty() ? "{}" : output;
        }
        String answer = output.isEmpty() ? "null" : output;
        return "{\"error\": \"%s\", \"answer\": %s}".formatted(quotable(response.getError()), answer);
    }

    private void failed(Errand errand, Status status) {
        LOG.log(
                Level.WARNING,
                "call {0}: tool {1} was not run ({2}: {3})",
                call.fence(),
                errand.tool(),
                status.getCode(),
                status.getDescription());
        done(
                errand,
                switch (status.getCode()) {
                    case DEADLINE_EXCEEDED -> "{\"error\": \"it took too long\"}";
                    case INVALID_ARGUMENT -> "{\"error\": \"it does not take these arguments\"}";
                    default -> "{\"error\": \"it can't be reached\"}";
                });
    }

    private void done(Errand errand, String result) {
        dialogue.errandDone(errand.key(), result);
        if (!running()) {
            asked.clear();
            over.run();
        }
    }

    private static String quotable(String text) {
        return text.replaceAll("[\\\\\"\\p{Cntrl}]", " ");
    }

    /** Waits for none any more. */
    void close() {
        asked.forEach(Models.Asked::cancel);
        asked.clear();
    }
}
