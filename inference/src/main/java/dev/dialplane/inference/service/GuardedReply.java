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
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A dialogue model's reply under two deadlines, with the model's fallback in its place if it fails or is late before its
 * first piece.
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
    private final Sink sink;
    private final long begun;
    /** The model at work; changes when the fallback takes over. Guarded by this. */
    private @Nullable Attempt attempt;

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
            Sink sink) {
        this.request = request;
        this.callerId = callerId;
        this.spec = spec;
        this.catalog = catalog;
        this.timers = timers;
        this.executor = executor;
        this.metrics = metrics;
        this.sink = sink;
        begun = timers.nanos();
    }

    /** Begins; may block to load the model. */
    void begin() {
        run(request.getModel());
    }

    /** Stops it; nothing is heard of it any more. */
    void cancel() {
        Attempt last;
        synchronized (this) {
            cancelled = true;
            last = attempt;
        }
        if (last != null) {
            last.abandon();
        }
    }

    private void run(ModelRef model) {
        Attempt next = new Attempt(model);
        synchronized (this) {
            if (cancelled) {
                return;
            }
            attempt = next;
        }
        next.begin();
    }

    /** One model's try at the reply. */
    private final class Attempt implements ReplySink {
        private final ModelRef model;
        private Cancellable deadline = Cancellable.NOTHING;
        private Cancellable work = Cancellable.NOTHING;
        private boolean abandoned;
        private int firstTokenMs = -1;

        Attempt(ModelRef model) {
            this.model = model;
        }

        void begin() {
            try {
                watch(request.getFirstPieceDeadlineMs());
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
        private synchronized void watch(int milliseconds) {
            deadline.cancel();
            if (milliseconds > 0 && !abandoned) {
                Duration wait = Duration.ofMillis(milliseconds);
                deadline = timers.after(
                        wait, () -> failed(ModelException.tooSlow(model.getProvider(), model.getModel(), wait)));
            }
        }

        /** False once this try is over, and what it says no longer counts. */
        private synchronized boolean piece() {
            if (abandoned) {
                return false;
            }
            if (firstTokenMs < 0) {
                firstTokenMs = timers.millisSince(begun);
                metrics.firstToken(model.getProvider(), model.getModel(), firstTokenMs);
            }
            watch(request.getNextPieceDeadlineMs());
            return true;
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
                    .build());
        }

        @Override
        public void failed(ModelException failure) {
            if (!abandon()) {
                return;
            }
            metrics.failed(ModelPart.LANGUAGE_MODEL, model.getProvider(), model.getModel(), failure);
            if (firstTokenMs < 0 && model.hasFallback() && failure.anotherMayServe()) {
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
