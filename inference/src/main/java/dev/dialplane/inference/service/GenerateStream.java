package dev.dialplane.inference.service;

import dev.dialplane.contracts.inference.v1.Action;
import dev.dialplane.contracts.inference.v1.GenerateDone;
import dev.dialplane.contracts.inference.v1.GenerateRequest;
import dev.dialplane.contracts.inference.v1.GenerateResponse;
import dev.dialplane.contracts.inference.v1.TextDelta;
import dev.dialplane.contracts.inference.v1.ToolCallDelta;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.PreparedSpec;
import dev.dialplane.inference.timing.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One {@code Generate} RPC: a model's reply, guarded. */
final class GenerateStream implements Streams.Stream, GuardedReply.Sink {
    private static final Logger LOG = Logger.getLogger(GenerateStream.class);
    static final int MAX_TURNS = 2000;

    private final GenerateRequest request;
    private final Caller caller;
    private final ModelCatalog catalog;
    private final Timers timers;
    private final Streams streams;
    private final ModelMetrics metrics;
    private final FirstPieces firstPieces;
    private final Outlet<GenerateResponse> outlet;
    /** Guarded by this. */
    private @Nullable GuardedReply reply;

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
            GuardedReply guarded = new GuardedReply(
                    request,
                    caller.id(),
                    prepared.apply(request.getSpecHash()),
                    catalog,
                    timers,
                    streams,
                    metrics,
                    firstPieces,
                    this);
            synchronized (this) {
                if (over) {
                    return;
                }
                reply = guarded;
            }
            guarded.begin();
        } catch (ModelException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.error("a reply failed", e);
            failed(ModelException.of(e, "the reply"));
        }
    }

    /** Lets go of everything, once. */
    private void finish() {
        GuardedReply last;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            last = reply;
        }
        streams.closed(this);
        if (last != null) {
            last.cancel();
        }
    }

    @Override
    public void text(String piece) {
        outlet.send(GenerateResponse.newBuilder()
                .setText(TextDelta.newBuilder().setText(piece))
                .build());
    }

    @Override
    public void toolCall(ToolCallDelta delta) {
        outlet.send(GenerateResponse.newBuilder().setToolCall(delta).build());
    }

    @Override
    public void action(Action action) {
        outlet.send(GenerateResponse.newBuilder().setAction(action).build());
    }

    @Override
    public void done(GenerateDone done) {
        outlet.send(GenerateResponse.newBuilder().setDone(done).build());
        outlet.complete();
        finish();
    }

    @Override
    public void failed(ModelException failure) {
        outlet.fail(failure);
        finish();
    }
}
