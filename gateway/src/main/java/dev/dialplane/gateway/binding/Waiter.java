package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.PoolRef;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A call that looks for an agent, and how far it has come. */
final class Waiter {
    final BindRequest request;
    final CompletableFuture<BindOutcome> outcome;
    final long since;
    final Set<PoolRef> tried = new HashSet<>();
    int attempt;
    PoolRef pool;

    @Nullable
    Future<?> timeout;

    boolean done;

    Waiter(BindRequest request, CompletableFuture<BindOutcome> outcome, long since) {
        this.request = request;
        this.outcome = outcome;
        this.since = since;
        attempt = request.attempt();
        pool = request.pool();
    }

    void finish(BindOutcome how) {
        if (!done) {
            done = true;
            if (timeout != null) {
                timeout.cancel(false);
            }
            outcome.complete(how);
        }
    }
}
