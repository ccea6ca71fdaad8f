package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.ServedBy;
import dev.dialplane.contracts.inference.v1.TextDelta;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.call.Caller;
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
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Generate} RPC: a model's reply under two deadlines, with the model's fallback in its place if it fails or is
 * late before its first piece. Where the pool asks for it, a model that does not begin is asked once more beside, and who
 * begins first is heard.
 */
final class GenerateStream implements Streams.Stream {
    private static final Logger LOG = Logger.getLogger(GenerateStream.class);
    private static final int MAX_TURNS = 2000;

    private final GenerateRequest request;
    private final Caller caller;
    private final ModelCatalog catalog;
    private final Timers timers;
    private final Streams streams;
    private final ModelMetrics metrics;
    private final FirstPieces firstPieces;
    private final Outlet<GenerateResponse> outlet;
    private final long begun;
    /** The tries at work: one, or two that race, or the fallback's. Guarded by this. */
    private final List<Attempt> attempts = new ArrayList<>(2);
    /** The one that is heard; null before any has begun. Guarded by this. */
    private @Nullable Attempt first;

    private Cancellable hedge = Cancellable.NOTHING;
    private boolean over;

    GenerateStream(
            GenerateRequest request,
            Caller caller,
            ModelCatalog catalog,
            Timers timers,
            Streams streams,
            ModelMetrics metrics,
            FirstPieces firstPieces,
            ServerCallStreamObserver<GenerateResponse> responses) {
        this.request = request;
        this.caller = caller;
        this.catalog = catalog;
        this.timers = timers;
        this.streams = streams;
        this.metrics = metrics;
        this.firstPieces = firstPieces;
        begun = timers.nanos();
        outlet = new Outlet<>(responses, this::finish);
    }

    @Override
    public String callerId() {
        return caller.id();
    }

    @Override
    public synchronized boolean over() {
        return over;
    }

    /** @param prepared finds what was prepared by its hash; may block */
    void start(Function<String, PreparedSpec> prepared) {
        streams.opened(this);
        try {
            if (request.getDialogueCount() > MAX_TURNS) {
                throw ModelException.badRequest(
                        "dialogue", request.getDialogueCount() + " turns", "at most " + MAX_TURNS);
            }
            run(request.getModel(), prepared.apply(request.getSpecHash()));
        } catch (ModelException e) {
            end(e);
        } catch (RuntimeException e) {
            LOG.error("a reply failed", e);
            end(ModelException.of(e, "the reply"));
        }
    }

    private void run(ModelRef model, PreparedSpec spec) {
        Duration patience = Duration.ofMillis(request.getFirstPieceDeadlineMs());
        if (!patience.isZero() && model.hasFallback()) {
            patience = firstPieces.deadline(model, patience);
        }
        Attempt next = new Attempt(model, spec, patience);
        if (!take(next, true)) {
            return;
        }
        firstPieces.asked(model);
        Duration hedgeAfter = Duration.ofMillis(request.getHedgeAfterMs());
        if (!hedgeAfter.isZero() && (patience.isZero() || hedgeAfter.compareTo(patience) < 0)) {
            Duration rest = patience.isZero() ? patience : patience.minus(hedgeAfter);
            synchronized (this) {
                hedge = timers.after(hedgeAfter, () -> streams.execute(() -> race(next, rest)));
            }
        }
        next.begin();
    }

    /** Has a second try at the same reply begin, if the first has not. */
    private void race(Attempt slow, Duration patience) {
        Attempt second = new Attempt(slow.model, slow.spec, patience);
        synchronized (this) {
            if (first != null || !attempts.contains(slow)) {
                return;
            }
        }
        if (firstPieces.hedge(slow.model) && take(second, false)) {
            second.begin();
        }
    }

    /** Has a try count; false if none is wanted any more. */
    private synchronized boolean take(Attempt next, boolean alone) {
        if (over || !alone && (first != null || attempts.isEmpty())) {
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
            if (over || first != null || !attempts.contains(begins)) {
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

    private void end(ModelException failure) {
        outlet.fail(failure);
        finish();
    }

    /** Lets go of everything, once. */
    private void finish() {
        List<Attempt> last;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            hedge.cancel();
            last = List.copyOf(attempts);
        }
        streams.closed(this);
        last.forEach(Attempt::abandon);
    }

    /** One model's try at the reply. */
    private final class Attempt implements ReplySink {
        private final ModelRef model;
        private final PreparedSpec spec;
        private final Duration patience;
        private final long asked = timers.nanos();
        private Cancellable deadline = Cancellable.NOTHING;
        private Cancellable work = Cancellable.NOTHING;
        private boolean abandoned;
        private int firstTokenMs = -1;

        Attempt(ModelRef model, PreparedSpec spec, Duration patience) {
            this.model = model;
            this.spec = spec;
            this.patience = patience;
        }

        boolean second(Attempt other) {
            return asked > other.asked;
        }

        void begin() {
            try {
                watch(patience);
                Dialogue dialogue = catalog.dialogue(model);
                Cancellable started = dialogue.reply(new ReplyRequest(caller.id(), request, spec), this);
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
                outlet.send(GenerateResponse.newBuilder()
                        .setText(TextDelta.newBuilder().setText(piece))
                        .build());
            }
        }

        @Override
        public void toolCall(ToolCallDelta delta) {
            if (piece()) {
                outlet.send(GenerateResponse.newBuilder().setToolCall(delta).build());
            }
        }

        @Override
        public void action(Action action) {
            if (piece()) {
                outlet.send(GenerateResponse.newBuilder().setAction(action).build());
            }
        }

        @Override
        public void done(ReplyDone done) {
            if (!piece()) {
                return;
            }
            int total = timers.millisSince(begun);
            int first = Math.max(0, firstTokenMs);
            outlet.send(GenerateResponse.newBuilder()
                    .setDone(GenerateDone.newBuilder()
                            .setServedBy(ServedBy.newBuilder()
                                    .setProvider(model.getProvider())
                                    .setModel(model.getModel())
                                    .setQueueMs(done.queueMs())
                                    .setFirstTokenMs(first)
                                    .setTotalMs(total))
                            .setProviderState(done.state())
                            .setInputTokens(done.inputTokens())
                            .setOutputTokens(done.outputTokens())
                            .setTruncated(done.truncated())
                            .setExpecting(done.expecting())
                            .setSensitive(done.sensitive()))
                    .build());
            metrics.served(
                    ModelPart.LANGUAGE_MODEL,
                    model.getProvider(),
                    model.getModel(),
                    done.queueMs(),
                    Math.max(0, total - done.queueMs()));
            outlet.complete();
            finish();
        }

        @Override
        public void failed(ModelException failure) {
            if (!abandon()) {
                return;
            }
            metrics.failed(ModelPart.LANGUAGE_MODEL, model.getProvider(), model.getModel(), failure);
            boolean others = another(this);
            if (others) {
                LOG.infof("%s; it was asked twice, and the other may answer", failure.getMessage());
            } else if (firstTokenMs < 0 && model.hasFallback() && failure.anotherMayServe()) {
                LOG.infof(
                        "%s; falling back to %s/%s",
                        failure.getMessage(),
                        model.getFallback().getProvider(),
                        model.getFallback().getModel());
                streams.execute(() -> run(model.getFallback(), spec));
            } else {
                end(failure);
            }
        }
    }
}
