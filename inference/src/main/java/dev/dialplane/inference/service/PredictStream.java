package dev.dialplane.inference.service;

import dev.dialplane.contracts.common.v1.ModelRef;
import dev.dialplane.contracts.inference.v1.PredictRequest;
import dev.dialplane.contracts.inference.v1.PredictResponse;
import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.ending.EndOfTurnPrediction;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.model.ModelCatalog;
import dev.dialplane.inference.model.ModelPart;
import dev.dialplane.inference.timing.Cancellable;
import io.grpc.stub.ServerCallStreamObserver;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One {@code Predict} RPC. What is computed for it ends when the client gives it up. */
final class PredictStream implements Streams.Stream {
    private static final Logger LOG = Logger.getLogger(PredictStream.class);

    private final PredictRequest request;
    private final Caller caller;
    private final Streams streams;
    private final ModelMetrics metrics;
    private final Outlet<PredictResponse> outlet;
    /** Both guarded by this. */
    private @Nullable Cancellable computing;

    private boolean over;

    PredictStream(
            PredictRequest request,
            Caller caller,
            Streams streams,
            ModelMetrics metrics,
            ServerCallStreamObserver<PredictResponse> responses) {
        this.request = request;
        this.caller = caller;
        this.streams = streams;
        this.metrics = metrics;
        outlet = new Outlet<>(responses, this::end);
        streams.opened(this);
    }

    @Override
    public String callerId() {
        return caller.id();
    }

    @Override
    public synchronized boolean over() {
        return over;
    }

    /** Reads the request, finds the model, which may take a while, and has it compute. */
    void start(ModelCatalog catalog) {
        try {
            var read = EndOfTurnService.read(request, caller.id());
            var model = catalog.endOfTurn(request.getModel());
            if (over()) {
                return;
            }
            begun(model.predict(read, this::done, this::failed));
        } catch (ModelException e) {
            refuse(e);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            refuse(ModelException.of(e, "the request"));
        }
    }

    private void begun(Cancellable computation) {
        boolean wanted;
        synchronized (this) {
            wanted = !over;
            computing = computation;
        }
        if (!wanted) {
            computation.cancel();
        }
    }

    private void done(EndOfTurnPrediction prediction) {
        ModelRef model = request.getModel();
        metrics.served(
                ModelPart.END_OF_TURN,
                model.getProvider(),
                model.getModel(),
                prediction.queueMs(),
                prediction.computeMs());
        outlet.send(PredictResponse.newBuilder()
                .setFinished(prediction.finished())
                .setComputeMs(prediction.computeMs())
                .build());
        outlet.complete();
        end();
    }

    private void failed(ModelException failure) {
        ModelRef model = request.getModel();
        metrics.failed(ModelPart.END_OF_TURN, model.getProvider(), model.getModel(), failure);
        refuse(failure);
    }

    private void refuse(ModelException failure) {
        outlet.fail(failure);
        end();
    }

    private void end() {
        Cancellable left;
        synchronized (this) {
            over = true;
            left = computing;
        }
        streams.closed(this);
        if (left != null) {
            left.cancel();
        }
    }
}
