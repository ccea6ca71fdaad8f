package dev.dialplane.operator.scaler;

import dev.dialplane.contracts.externalscaler.IsActiveResponse;
import dev.dialplane.operator.pool.PoolKey;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Tells one ScaledObject whether its pool has calls: at once, and whenever that changes. Only the latest waits. */
final class ActivityStream {

    private final PoolKey pool;
    private final ServerCallStreamObserver<IsActiveResponse> calls;
    private final BooleanSupplier active;
    private @Nullable Boolean sent;
    private boolean closed;

    ActivityStream(PoolKey pool, BooleanSupplier active, ServerCallStreamObserver<IsActiveResponse> calls) {
        this.pool = pool;
        this.active = active;
        this.calls = calls;
    }

    PoolKey pool() {
        return pool;
    }

    /** Looks again. Of several who say that something has changed, the last one looks last. */
    synchronized void look() {
        boolean now = active.getAsBoolean();
        // The first answer need not wait until the stream says that it takes it.
        boolean news = sent == null || (sent != now && calls.isReady());
        if (news && !closed && !calls.isCancelled()) {
            sent = now;
            calls.onNext(IsActiveResponse.newBuilder().setResult(now).build());
        }
    }

    synchronized void close(Status status) {
        if (!closed && !calls.isCancelled()) {
            closed = true;
            calls.onError(status.asRuntimeException());
        }
    }
}
