package dev.dialplane.agent.inference;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * The answering side of one RPC to inference: counted while it is open, silent once it was canceled. Runs on the loop.
 *
 * @param <Q> what is sent
 * @param <P> what is received
 */
abstract class Tracked<Q, P> implements ClientResponseObserver<Q, P> {
    private final OpenStreams open;
    private @Nullable ClientCallStreamObserver<Q> requests;
    private boolean canceled;
    private boolean over;

    Tracked(OpenStreams open) {
        this.open = open;
        open.opened();
    }

    abstract void received(P message);

    abstract void failed(Status status);

    abstract void completed();

    /** Stops the RPC; nothing is heard of it any more. */
    final void cancel() {
        if (canceled || over) {
            return;
        }
        canceled = true;
        ClientCallStreamObserver<Q> stream = requests;
        if (stream != null) {
            stream.cancel("no longer wanted", null);
        }
    }

    final boolean ended() {
        return over || canceled;
    }

    @Override
    public final void beforeStart(ClientCallStreamObserver<Q> stream) {
        requests = stream;
    }

    @Override
    public final void onNext(P message) {
        if (!canceled) {
            received(message);
        }
    }

    @Override
    public final void onError(Throwable cause) {
        close();
        if (!canceled) {
            failed(Status.fromThrowable(cause));
        }
    }

    @Override
    public final void onCompleted() {
        close();
        if (!canceled) {
            completed();
        }
    }

    private void close() {
        if (!over) {
            over = true;
            open.closed();
        }
    }
}
