package dev.dialplane.inference.scripted;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.DialogueTurn;
import dev.dialplane.contracts.inference.v1.Expecting;
import dev.dialplane.contracts.inference.v1.Speaker;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.scripted.Script.Reply;
import dev.dialplane.inference.scripted.Script.ReplyScript;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replies what the script says: the caller's n-th turn gets the n-th reply.
 *
 * <p>Counted in the dialogue that comes with the request, so that a reply thrown away by the agent, a repeated request or
 * another agent that takes the call over change nothing.
 */
final class ScriptedDialogue implements Dialogue {
    private final String model;
    private final Supplier<ReplyScript> live;
    private final Timers timers;

    ScriptedDialogue(String model, Supplier<ReplyScript> live, Timers timers) {
        this.model = model;
        this.live = live;
        this.timers = timers;
    }

    @Override
    public Cancellable reply(ReplyRequest request, ReplySink sink) {
        ReplyScript script = live.get();
        Run run = new Run(script, entry(script, turn(request.request().getDialogueList())), sink);
        run.scheduleFirst();
        return run;
    }

    /** Which turn of the caller's or of a tool is to be answered, from 0: what goes on from a result is a reply of its own. */
    static int turn(List<DialogueTurn> dialogue) {
        long turns = dialogue.stream()
                .filter(turn ->
                        turn.getSpeaker() == Speaker.SPEAKER_CALLER || turn.getSpeaker() == Speaker.SPEAKER_TOOL)
                .count();
        return (int) Math.max(0, turns - 1);
    }

    static @Nullable Reply entry(ReplyScript script, int turn) {
        List<Reply> replies = script.replies();
        if (replies.isEmpty()) {
            return null;
        }
        if (turn < replies.size()) {
            return replies.get(turn);
        }
        return switch (script.atEnd()) {
            case REPEAT -> replies.get(turn % replies.size());
            case STAY -> replies.getLast();
            case NOTHING -> null;
        };
    }

    /** One reply; one timer at a time. */
    private final class Run implements Cancellable {
        private final ReplyScript script;
        private final @Nullable Reply reply;
        private final ReplySink sink;
        private Cancellable timer = NOTHING;
        private boolean cancelled;
        private int next;
        private boolean stalled;

        Run(ReplyScript script, @Nullable Reply reply, ReplySink sink) {
            this.script = script;
            this.reply = reply;
            this.sink = sink;
        }

        void scheduleFirst() {
            Duration own = reply == null ? null : reply.firstPiece();
            schedule(Objects.requireNonNullElse(own, script.firstPiece()));
        }

        private synchronized void schedule(Duration delay) {
            if (!cancelled) {
                timer = timers.after(delay, this::step);
            }
        }

        @Override
        public synchronized void cancel() {
            cancelled = true;
            timer.cancel();
        }

        private synchronized boolean cancelled() {
            return cancelled;
        }

        private void step() {
            if (cancelled()) {
                return;
            }
            Reply said = reply;
            if (said == null) {
                end(Expecting.EXPECTING_OPEN);
                return;
            }
            Duration between = Objects.requireNonNullElse(said.betweenPieces(), script.betweenPieces());
            while (true) {
                if (said.stallAfter() != null && next >= said.stallAfter() && !stalled) {
                    stalled = true;
                    if (said.stallFor() != null) {
                        schedule(said.stallFor());
                    }
                    return;
                }
                if (next >= said.pieces().size()) {
                    finish(said);
                    return;
                }
                sink.text(said.pieces().get(next++));
                if (!between.isZero() && next < said.pieces().size()) {
                    schedule(between);
                    return;
                }
            }
        }

        private void finish(Reply said) {
            if (said.error() != null) {
                sink.failed(said.error().exception(model));
                return;
            }
            if (said.toolCall() != null) {
                sink.toolCall(ToolCallDelta.newBuilder()
                        .setToolCallId(said.toolCall().id())
                        .setName(said.toolCall().name())
                        .setArguments(said.toolCall().arguments())
                        .build());
            }
            if (said.action() != null) {
                sink.action(Action.newBuilder()
                        .setKind(said.action().kind().contract)
                        .setTarget(said.action().target())
                        .setDigits(said.action().digits())
                        .build());
            }
            end(said.expecting().contract);
        }

        private void end(Expecting expecting) {
            sink.done(new ReplyDone(ByteString.EMPTY, 0, next, false, expecting, 0));
        }
    }
}
