package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.Fence;
import dev.dialplane.contracts.common.v1.PoolRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A call that looks for an agent, and how far it has come. */
final class Waiter {
    final BindRequest request;
    /** Everybody who asked for it: a repeated request joins the first one. */
    private final List<CompletableFuture<BindOutcome>> asking = new ArrayList<>();
    /** When it came, in the loop's time. */
    final long since;
    /** Pools that it has come to: a cycle of overflows ends where it began. */
    final Set<PoolRef> tried = new HashSet<>();
    /** The pods of agents that should have taken it, and did not; few, since each is avoided afterwards. */
    private final Set<String> declinedBy = new LinkedHashSet<>();

    /** Offers that no agent has answered yet. */
    private final Map<Fence, AgentConnection.Withdrawal> offers = new HashMap<>();

    /** Of its next offer. */
    int attempt;

    PoolRef pool;
    /** Its place in the present pool's order. */
    long ticket;
    /** When it leaves the present pool, in the loop's time. */
    long deadline;
    /** Whether it had to wait, or to go to another pool. */
    boolean waited;

    @Nullable
    Future<?> timeout;

    boolean done;

    Waiter(BindRequest request, int attempt, long since) {
        this.request = request;
        this.since = since;
        this.attempt = attempt;
        pool = request.pool();
    }

    void declined(String podUid) {
        declinedBy.add(podUid);
    }

    List<String> declinedBy() {
        return List.copyOf(declinedBy);
    }

    /** Those who declined it before that one took it, however late it did. */
    List<String> declinedBy(String exceptPodUid) {
        return declinedBy.stream().filter(uid -> !uid.equals(exceptPodUid)).toList();
    }

    /** An offer is under way. */
    void asked(Fence fence, AgentConnection.Withdrawal offer) {
        offers.put(fence, offer);
    }

    /** An offer is no longer under way; false if it was withdrawn. */
    boolean answered(Fence fence) {
        return offers.remove(fence) != null;
    }

    /** How many agents have not answered yet. */
    int unanswered() {
        return offers.size();
    }

    void join(CompletableFuture<BindOutcome> outcome) {
        asking.add(outcome);
    }

    /** Somebody no longer wants to know; true if nobody does. */
    boolean leave(CompletableFuture<BindOutcome> outcome) {
        asking.remove(outcome);
        return asking.isEmpty();
    }

    /** Ends the search; false if it had ended, or nobody who asked wants to know any more. */
    boolean finish(BindOutcome how) {
        if (!end()) {
            return false;
        }
        boolean heard = false;
        for (CompletableFuture<BindOutcome> outcome : List.copyOf(asking)) {
            heard |= outcome.complete(how);
        }
        return heard;
    }

    /** Ends the search without an outcome; false if it had ended. */
    boolean end() {
        if (done) {
            return false;
        }
        done = true;
        cancelTimeout();
        // Those who are still thinking need not.
        List<AgentConnection.Withdrawal> open = List.copyOf(offers.values());
        offers.clear();
        open.forEach(AgentConnection.Withdrawal::withdraw);
        return true;
    }

    void cancelTimeout() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }
}
