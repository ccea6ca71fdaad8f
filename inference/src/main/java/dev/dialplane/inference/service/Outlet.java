package dev.dialplane.inference.service;

import dev.dialplane.inference.failure.ModelException;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * The sending side of an RPC, for any number of threads: what comes after the client cancelled, or after the end, is
 * dropped.
 */
final class Outlet<T> {
    private final ServerCallStreamObserver<T> observer;
    private boolean closed;

    /**
     * @param onCancel run once when the client cancels, after the outlet has fallen silent
     */
    Outlet(ServerCallStreamObserver<T> observer, Runnable onCancel) {
        this.observer = observer;
        observer.setOnCancelHandler(() -> {
            if (close()) {
                onCancel.run();
            }
        });
    }

    /** False once nothing more can be sent. */
    synchronized boolean send(T message) {
        if (closed) {
            return false;
        }
        observer.onNext(message);
        return true;
    }

    /** Completes the RPC; false if it had ended before. */
    synchronized boolean complete() {
        if (!close()) {
            return false;
        }
        observer.onCompleted();
        return true;
    }

    /** Fails the RPC; false if it had ended before. */
    synchronized boolean fail(ModelException failure) {
        if (!close()) {
            return false;
        }
        observer.onError(failure.asStatus());
        return true;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Whether the transport would send at once. */
    boolean ready() {
        return observer.isReady();
    }

    private synchronized boolean close() {
        boolean first = !closed;
        closed = true;
        return first;
    }
}
