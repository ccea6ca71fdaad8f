package dev.dialplane.inference.service;

import dev.dialplane.inference.call.Caller;
import dev.dialplane.inference.failure.ModelException;
import dev.dialplane.inference.timing.Mailbox;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * The receiving side of a bidirectional RPC: messages are handled one by one, in order, on virtual threads, and the next
 * is asked for only when one is done, so that nothing piles up here.
 */
abstract class InboundStream<Q, R> implements StreamObserver<Q>, Streams.Stream {
    private static final Logger LOG = Logger.getLogger(InboundStream.class);

    final Outlet<R> outlet;
    private final ServerCallStreamObserver<R> observer;
    private final Streams streams;
    private final Caller caller;
    private final Mailbox mailbox;
    private final AtomicBoolean over = new AtomicBoolean();

    InboundStream(ServerCallStreamObserver<R> observer, Streams streams, Caller caller) {
        this.observer = observer;
        this.streams = streams;
        this.caller = caller;
        mailbox = new Mailbox(streams);
        outlet = new Outlet<>(observer, () -> mailbox.execute(this::end));
        observer.disableAutoRequest();
        observer.request(1);
    }

    /** Lets it be seen from outside, when it is whole. */
    final void open() {
        streams.opened(this);
    }

    @Override
    public final boolean over() {
        return over.get();
    }

    @Override
    public final String callerId() {
        return caller.id();
    }

    /** Handles a message; what it throws fails the RPC. */
    abstract void handle(Q message);

    /** The client sends no more. */
    abstract void halfClosed();

    /** Lets go of everything; called once, also after the stream has failed or was cancelled. */
    abstract void release();

    /** Does something between two messages; nothing once the RPC is over. What it throws fails the RPC. */
    final void later(Runnable task) {
        mailbox.execute(() -> {
            if (!outlet.closed()) {
                guarded(task);
            }
        });
    }

    /** Fails the RPC and lets go of everything. */
    final void fail(ModelException failure) {
        outlet.fail(failure);
        mailbox.execute(this::end);
    }

    /** Completes the RPC and lets go of everything. */
    final void complete() {
        outlet.complete();
        mailbox.execute(this::end);
    }

    @Override
    public final void onNext(Q message) {
        mailbox.execute(() -> {
            if (outlet.closed()) {
                return;
            }
            guarded(() -> handle(message));
            observer.request(1);
        });
    }

    @Override
    public final void onError(Throwable cancelled) {
        mailbox.execute(this::end);
    }

    @Override
    public final void onCompleted() {
        mailbox.execute(() -> {
            if (!outlet.closed()) {
                guarded(this::halfClosed);
            }
        });
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            streams.closed(this);
            release();
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (ModelException e) {
            fail(e);
        } catch (RuntimeException e) {
            LOG.error("a request failed", e);
            fail(ModelException.of(e, "the request"));
        }
    }
}
