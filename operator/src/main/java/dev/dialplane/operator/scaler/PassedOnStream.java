package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.contracts.externalscaler.ScaledObjectRef;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the leader tells a ScaledObject, passed on by an operator that stands by, one at a time. */
final class PassedOnStream implements ClientResponseObserver<ScaledObjectRef, IsActiveResponse> {

    private final ServerCallStreamObserver<IsActiveResponse> keda;
    private final Consumer<PassedOnStream> over;
    private @Nullable ClientCallStreamObserver<ScaledObjectRef> leader;
    private boolean held;
    private boolean ended;

    /**
     * Makes one that has not asked yet.
     *
     * @param over told once when it has ended
     */
    PassedOnStream(ServerCallStreamObserver<IsActiveResponse> keda, Consumer<PassedOnStream> over) {
        this.keda = keda;
        this.over = over;
        keda.setOnCancelHandler(this::end);
        keda.setOnReadyHandler(this::ready);
    }

    @Override
    public synchronized void beforeStart(ClientCallStreamObserver<ScaledObjectRef> call) {
        leader = call;
        // The leader keeps the latest for a stream that does not read.
        call.disableAutoRequestWithInitial(1);
    }

    @Override
    public synchronized void onNext(IsActiveResponse active) {
        if (ended || keda.isCancelled()) {
            return;
        }
        keda.onNext(active);
        held = true;
        ready();
    }

    private synchronized void ready() {
        if (held && keda.isReady() && leader != null) {
            held = false;
            leader.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        boolean about = switch (status.getCode()) {
            case INVALID_ARGUMENT, NOT_FOUND, RESOURCE_EXHAUSTED -> true;
            // The leader is another, or none: to be asked again soon, see ActivityStream.end.
            default -> false;
        };
        finish(about ? status : Status.OK);
    }

    @Override
    public void onCompleted() {
        finish(Status.OK);
    }

    /** Ends it on both sides. */
    void end() {
        finish(Status.OK);
    }

    private void finish(Status status) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            if (leader != null) {
                leader.cancel("nobody listens any more", null);
            }
            if (!keda.isCancelled()) {
                if (status.isOk()) {
                    keda.onCompleted();
                } else {
                    keda.onError(status.asRuntimeException());
                }
            }
        }
        over.accept(this);
    }
}
