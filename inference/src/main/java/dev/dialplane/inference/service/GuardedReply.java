package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.ServedBy;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.dialogue.Dialogue;
import dev.dialplane.inference.dialogue.ReplyDone;
import dev.dialplane.inference.dialogue.ReplyRequest;
import dev.dialplane.inference.dialogue.ReplySink;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.timing.Cancellable;
import dev.dialplane.inference.timing.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A dialogue model's reply under two deadlines, with the model's fallback in its place if it fails or is late before its
 * first piece. Where the pool asks for it, a model that does not begin is asked once more beside, and who begins first is
 * heard.
 */
final class GuardedReply {
    /** Takes the reply piece by piece, one call at a time, on any thread; ends with either of the last two. */
    interface Sink {
        void text(String piece);

        void toolCall(ToolCallDelta delta);

        void action(Action action);

        void done(GenerateDone done);

        void failed(ModelException failure);
    }

    private static final Logger LOG = Logger.getLogger(GuardedReply.class);

    private final GenerateRequest request;
    private final String callerId;
    private final PreparedSpec spec;
    private final ModelCatalog catalog;
    private final Timers timers;
    private final Executor executor;
    private final ModelMetrics metrics;
    private final FirstPieces firstPieces;
    private final Sink sink;
    private final long begun;
    /** The tries at work: one, or two that race, or the fallback's. Guarded by this. */
    private final List<Attempt> attempts = new ArrayList<>(2);
    /** The one that is heard; null before any has begun. Guarded by this. */
    private @Nullable Attempt first;

    private Cancellable hedge = Cancellable.NOTHING;

    private boolean cancelled;

    /**
     * @param callerId shares its place in queues with the call's other requests
     * @param executor loads the fallback, which may block
     */
    GuardedReply(
            GenerateRequest request,
            String callerId,
            PreparedSpec spec,
            ModelCatalog catalog,
            Timers timers,
            Executor executor,
            ModelMetrics metrics,
            FirstPieces firstPieces,
            Sink sink) {
        this.request = request;
        this.callerId = callerId;
        this.spec = spec;
        this.catalog = catalog;
        this.timers = timers;
        this.executor = executor;
        this.metrics = metrics;
        this.firstPieces = firstPieces;
        this.sink = sink;
        begun = timers.nanos();
    }

    /** Begins; may block to load the model. */
    void begin() {
        run(request.getModel());
    }

    /** Stops it; nothing is heard of it any more. */
    void cancel() {
        List<Attempt> last;
        synchronized (this) {
            cancelled = true;
            hedge.cancel();
            last = List.copyOf(attempts);
        }
        last.forEach(Attempt::abandon);
    }

    private void run(ModelRef model) {
        Duration patience = Duration.ofMillis(request.getFirstPieceDeadlineMs());
        if (!patience.isZero() && model.hasFallback()) {
            patience = firstPieces.deadline(model, patience);
        }
        Attempt next = new Attempt(model, patience);
        if (!take(next, true)) {
            return;
        }
        firstPieces.asked(model);
        Duration hedgeAfter = Duration.ofMillis(request.getHedgeAfterMs());
        if (!hedgeAfter.isZero() && (patience.isZero() || hedgeAfter.compareTo(patience) < 0)) {
            Duration rest = patience.isZero() ? patience : patience.minus(hedgeAfter);
            synchronized (this) {
                hedge = timers.after(hedgeAfter, () -> executor.execute(() -> race(next, rest)));
            }
        }
        next.begin();
    }

    /** Has a second try at the same reply begin, if the first has not. */
    private void race(Attempt slow, Duration patience) {
        synchronized (this) {
            if (first != null || !attempts.contains(slow)) {
                return;
            }
        }
        Attempt second = new Attempt(slow.model, patience);
        if (firstPieces.hedge(slow.model) && take(second, false)) {
            second.begin();
        }
    }

    /** Has a try count; false if none is wanted any more. */
    private synchronized boolean take(Attempt next, boolean alone) {
        if (cancelled || !alone && (first != null || attempts.isEmpty())) {
            return false;
        }
        if (alone) {
            hedge.cancel();
            attempts.clear();
        }
        attempts.add(next);
        return true;
    }

    /** A try has begun its reply: the others are not needed. False if another one was first. */
    private boolean isFirst(Attempt begins) {
        List<Attempt> late;
        synchronized (this) {
            if (cancelled || first != null || !attempts.contains(begins)) {
                return first == begins;
            }
            first = begins;
            hedge.cancel();
            late = attempts.stream().filter(other -> other != begins).toList();
            attempts.removeAll(late);
        }
        if (!late.isEmpty()) {
            metrics.hedged(begins.model.getProvider(), begins.model.getModel(), begins.second(late.getFirst()));
        }
        late.forEach(Attempt::abandon);
        return true;
    }

    /** A try will not begin: whether another one still may. */
    private synchronized boolean another(Attempt failed) {
        attempts.remove(failed);
        return !attempts.isEmpty();
    }

    /** One model's try at the reply. */
    private final class Attempt implements ReplySink {
        private final ModelRef model;
        private final Duration patience;
        private final long asked = timers.nanos();
        private Cancellable deadline = Cancellable.NOTHING;
        private Cancellable work = Cancellable.NOTHING;
        private boolean abandoned;
        private int firstTokenMs = -1;

        Attempt(ModelRef model, Duration patience) {
            this.model = model;
            this.patience = patience;
        }

        boolean second(Attempt other) {
            return asked > other.asked;
        }

        void begin() {
            try {
                watch(patience);
                Dialogue dialogue = catalog.dialogue(model);
                Cancellable started = dialogue.reply(new ReplyRequest(callerId, request, spec), this);
                boolean late;
                synchronized (this) {
                    work = started;
                    late = abandoned;
                }
                if (late) {
                    started.cancel();
                }
            } catch (ModelException e) {
                failed(e);
            } catch (RuntimeException e) {
                LOG.error("a dialogue model failed", e);
                failed(ModelException.of(e, "the model"));
            }
        }

        /** No piece for so long, and it is given up. */
        private synchronized void watch(Duration wait) {
            deadline.cancel();
            if (!wait.isZero() && !abandoned) {
                deadline = timers.after(
                        wait, () -> failed(ModelException.tooSlow(model.getProvider(), model.getModel(), wait)));
            }
        }

        /** False once this try is over, and what it says no longer counts. */
        private boolean piece() {
            if (!isFirst(this)) {
                return false;
            }
            synchronized (this) {
                if (abandoned) {
                    return false;
                }
                if (firstTokenMs < 0) {
                    firstTokenMs = timers.millisSince(begun);
                    metrics.firstToken(model.getProvider(), model.getModel(), firstTokenMs);
                    firstPieces.came(model, timers.millisSince(asked));
                }
                watch(Duration.ofMillis(request.getNextPieceDeadlineMs()));
                return true;
            }
        }

        /** False if it was abandoned before. */
        private boolean abandon() {
            Cancellable running;
            synchronized (this) {
                if (abandoned) {
                    return false;
                }
                abandoned = true;
                deadline.cancel();
                running = work;
            }
            running.cancel();
            return true;
        }

        @Override
        public void text(String piece) {
            if (piece()) {
                sink.text(piece);
            }
        }

        @Override
        public void toolCall(ToolCallDelta delta) {
            if (piece()) {
                sink.toolCall(delta);
            }
        }

        @Override
        public void action(Action action) {
            if (piece()) {
                sink.action(action);
            }
        }

        @Override
        public void done(ReplyDone done) {
            if (!piece()) {
                return;
            }
            abandon();
            int total = timers.millisSince(begun);
            metrics.served(
                    ModelPart.LANGUAGE_MODEL,
                    model.getProvider(),
                    model.getModel(),
                    done.queueMs(),
                    Math.max(0, total - done.queueMs()));
            sink.done(GenerateDone.newBuilder()
                    .setServedBy(ServedBy.newBuilder()
                            .setProvider(model.getProvider())
                            .setModel(model.getModel())
                            .setQueueMs(done.queueMs())
                            .setFirstTokenMs(Math.max(0, firstTokenMs))
                            .setTotalMs(total))
                    .setProviderState(done.state())
                    .setInputTokens(done.inputTokens())
                    .setOutputTokens(done.outputTokens())
                    .setTruncated(done.truncated())
                    .setExpecting(done.expecting())
                    .setSensitive(done.sensitive())
                    .build());
        }

        @Override
        public void failed(ModelException failure) {
            if (!abandon()) {
                return;
            }
            metrics.failed(ModelPart.LANGUAGE_MODEL, model.getProvider(), model.getModel(), failure);
            if (another(this)) {
                LOG.infof("%s; it was asked twice, and the other may answer", failure.getMessage());
            } else if (firstTokenMs < 0 && model.hasFallback() && failure.anotherMayServe()) {
                LOG.infof(
                        "%s; falling back to %s/%s",
                        failure.getMessage(),
                        model.getFallback().getProvider(),
                        model.getFallback().getModel());
                executor.execute(() -> run(model.getFallback()));
            } else {
                sink.failed(failure);
            }
        }
    }
}
