package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.operator.pool.PoolKey;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells one ScaledObject whether its pool has calls: once it is known, and whenever it changes. Only the latest waits. */
final class ActivityStream {

    private final PoolKey pool;
    private final ServerCallStreamObserver<IsActiveResponse> calls;
    private final Supplier<Optional<Boolean>> active;
    private @Nullable Boolean sent;
    private boolean closed;

    ActivityStream(PoolKey pool, Supplier<Optional<Boolean>> active, ServerCallStreamObserver<IsActiveResponse> calls) {
        this.pool = pool;
        this.active = active;
        this.calls = calls;
    }

    PoolKey pool() {
        return pool;
    }

    /** Looks again. Of several who say that something has changed, the last one looks last. */
    synchronized void look() {
        active.get().ifPresent(this::tell);
    }

    private void tell(boolean now) {
        // The first answer need not wait until the stream says that it takes it.
        boolean news = sent == null || (sent != now && calls.isReady());
        if (news && !closed && !calls.isCancelled()) {
            sent = now;
            calls.onNext(IsActiveResponse.newBuilder().setResult(now).build());
        }
    }

    /** Ends it well: KEDA comes again in 2 s. After a failure it waits twice as long as the last time, up to a minute. */
    synchronized void end() {
        if (!closed && !calls.isCancelled()) {
            closed = true;
            calls.onCompleted();
        }
    }
}
