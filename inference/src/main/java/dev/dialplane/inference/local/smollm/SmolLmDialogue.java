package dev.dialplane.inference.local.smollm;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.queue.ComputeQueue;
import dev.dialplane.inference.queue.Urgency;
import dev.dialplane.inference.queue.Work;
import dev.dialplane.inference.timing.Cancellable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A real language model for dialogue, for those who choose it: calls take turns, one reply at a time. */
public final class SmolLmDialogue implements Dialogue, AutoCloseable {
    private static final int DEFAULT_TOKENS = 80;
    private static final int MAX_TOKENS = 400;
    private static final int WAITING = 32;

    private final SmolLm model;
    private final ComputeQueue queue = new ComputeQueue("smollm2-135m", 1, WAITING);

    private SmolLmDialogue(SmolLm model) {
        this.model = model;
    }

    /** Loads the weights; takes about a second. */
    public static SmolLmDialogue load(Path weights, int threads) {
        return new SmolLmDialogue(SmolLm.load(weights, threads));
    }

    /** Reads the spec's system part, so that the first call finds it in the cache. Blocks. */
    public void warm(PreparedSpec spec) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        queue.submit(
                "prepare",
                Urgency.AHEAD,
                work -> model.generate(ChatMl.system(spec.spec()), 1, work, _ -> {}) >= 0,
                done::complete,
                done::completeExceptionally);
        done.join();
    }

    @Override
    public Cancellable reply(ReplyRequest request, ReplySink sink) {
        return queue.submit(
                request.callId(),
                request.request().getSpeculative() ? Urgency.SOON : Urgency.CALLER_WAITS,
                work -> generate(request, work, sink),
                sink::done,
                sink::failed);
    }

    private ReplyDone generate(ReplyRequest request, Work work, ReplySink sink) {
        GenerateRequest asked = request.request();
        int most = asked.getMaxTokens() == 0 ? DEFAULT_TOKENS : Math.min(MAX_TOKENS, asked.getMaxTokens());
        String prompt = prompt(request, most);
        int input = model.tokens(prompt);
        int output = model.generate(prompt, most, work, piece -> {
            if (!work.cancelled()) {
                sink.text(piece);
            }
        });
        return new ReplyDone(ByteString.EMPTY, input, output, output >= most, Expecting.EXPECTING_OPEN, work.queueMs());
    }

    /** As much of the dialogue as the context holds, the newest first: the model says nothing of a prompt that is too long. */
    private String prompt(ReplyRequest request, int most) {
        String system = ChatMl.system(request.spec().spec());
        List<DialogueTurn> dialogue = request.request().getDialogueList();
        for (int first = 0; first <= dialogue.size(); first++) {
            String prompt =
                    system + ChatMl.turns(dialogue, first, request.request().getVariablesMap());
            if (model.tokens(prompt) + most < SmolLm.CONTEXT) {
                return prompt;
            }
        }
        throw ModelException.badRequest(
                "spec.instructions, facts and answers",
                model.tokens(system) + " tokens",
                "less than " + (SmolLm.CONTEXT - most) + " for smollm2-135m");
    }

    @Override
    public void close() {
        queue.close();
        model.close();
    }
}
