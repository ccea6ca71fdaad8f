package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.common.v1.Cause;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.gateway.loop.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls that look for an agent: each is offered to agents of its pool, waits in the pool's order while there is none,
 * goes to the pool's overflow when that takes too long, and is refused in the end. A call that asks again gets what the
 * first request got. On the binding loop only.
 */
final class Searches {
    /** Agents that are asked about one call at the same time, when all are slow. */
    private static final int MOST_ASKED = 3;

    private final Loop loop;
    private final Map<PoolRef, PoolBook> pools;
    private final Links links;
    private final Bindings bindings;
    private final Map<String, Waiter> byCall = new HashMap<>();
    private volatile int looking;
    /** Over all pools, so that a pool which is deleted and made anew gives no place twice. */
    private long tickets;

    private final Offering offering;
    private final BindingListener listener;

    Searches(
            Loop loop,
            Map<PoolRef, PoolBook> pools,
            Links links,
            Bindings bindings,
            Offering offering,
            BindingListener listener) {
        this.loop = loop;
        this.pools = pools;
        this.links = links;
        this.bindings = bindings;
        this.offering = offering;
        this.listener = listener;
    }

    /** A call looks for an agent, or asks again. */
    void begin(BindRequest request, long since, CompletableFuture<BindOutcome> outcome) {
        String callId = request.callId();
        Waiter present = byCall.get(callId);
        Bindings.Held held = bindings.of(callId);
        Repetition how = present != null
                ? Repetition.judge(present.request, present.attempt - 1, request)
                : held != null
                        ? Repetition.judge(held.request, held.bound.fence().getAttempt(), request)
                        : new Repetition.Later();
        switch (how) {
            case Repetition.Same() when present != null -> join(present, outcome);
            case Repetition.Same() when held != null -> outcome.complete(held.bound);
            case Repetition.Different(String field, String detail) -> {
                outcome.complete(new BindOutcome.Conflict(callId, field, detail));
                listener.searched(loop.nanos() - since, SearchEnd.CONFLICT);
            }
            case Repetition.Same(), Repetition.Later() -> {
                if (present != null) {
                    supersede(present, request.attempt());
                }
                bindings.forgetCall(callId);
                Waiter waiter = new Waiter(request, bindings.next(request), since);
                byCall.put(callId, waiter);
                looking = byCall.size();
                join(waiter, outcome);
                enter(waiter);
            }
        }
    }

    private void join(Waiter waiter, CompletableFuture<BindOutcome> outcome) {
        waiter.join(outcome);
        outcome.whenComplete((how, failure) -> {
            if (outcome.isCancelled()) {
                loop.execute(() -> {
                    if (waiter.leave(outcome)) {
                        giveUp(waiter);
                    }
                });
            }
        });
    }

    private void supersede(Waiter former, int attempt) {
        leaveQueue(former);
        finish(
                former,
                new BindOutcome.Conflict(
                        former.request.callId(), "attempt", "attempt " + attempt + " looks for an agent now"));
    }

    /** Every search ends here, or by being given up. */
    private boolean finish(Waiter waiter, BindOutcome how) {
        byCall.remove(waiter.request.callId(), waiter);
        looking = byCall.size();
        return waiter.finish(how);
    }

    /** A call comes to the pool that it is to go to now. */
    private void enter(Waiter waiter) {
        PoolBook book = pools.get(waiter.pool);
        waiter.tried.add(waiter.pool);
        if (book == null) {
            refuse(waiter, Cause.CAUSE_POOL_UNKNOWN, "no pool of this name is known");
            return;
        }
        book.arrivals++;
        if (book.pool.getPaused()) {
            overflowOrRefuse(book, waiter, Cause.CAUSE_POOL_PAUSED, "the pool is paused");
            return;
        }
        Duration maxWait = Duration.ofMillis(Integer.toUnsignedLong(book.pool.getQueueMaxWaitMs()));
        Duration patience = waiter.request.patience().minusNanos(loop.nanos() - waiter.since);
        boolean unreached = links.unreached(waiter.pool);
        waiter.deadline =
                loop.nanos() + Admission.wait(maxWait, patience, unreached).toNanos();
        waiter.ticket = tickets++;
        if (book.waiting.isEmpty() && offerNext(book, waiter)) {
            publish(book);
            return;
        }
        Cause refusal = Admission.refusal(book.waiting.size(), book.pool.getQueueMaxLength(), maxWait, unreached);
        if (refusal != null) {
            String full = refusal == Cause.CAUSE_QUEUE_FULL ? ", and the queue is full" : "";
            overflowOrRefuse(book, waiter, refusal, "no agent is free" + full);
            return;
        }
        await(book, waiter);
        publish(book);
    }

    private void await(PoolBook book, Waiter waiter) {
        waiter.waited = true;
        book.waiting.add(waiter);
        links.widen(waiter.pool);
        if (waiter.timeout == null) {
            waiter.timeout =
                    loop.after(Duration.ofNanos(Math.max(0, waiter.deadline - loop.nanos())), () -> timedOut(waiter));
        }
    }

    private void timedOut(Waiter waiter) {
        waiter.timeout = null;
        PoolBook book = pools.get(waiter.pool);
        // An offer that is under way decides; if it fails, there is no time left for another.
        if (book != null && book.waiting.remove(waiter) && waiter.unanswered() == 0) {
            overflowOrRefuse(book, waiter, Cause.CAUSE_NO_AGENT, "no agent became free in time");
        }
    }

    private void overflowOrRefuse(PoolBook book, Waiter waiter, Cause cause, String detail) {
        PoolRef next = book.pool.getOverflow();
        waiter.cancelTimeout();
        if (book.pool.hasOverflow() && !next.getName().isEmpty() && !waiter.tried.contains(next)) {
            book.refused++;
            publish(book);
            waiter.waited = true;
            waiter.pool = next;
            enter(waiter);
            return;
        }
        refuse(waiter, cause, detail);
    }

    private void refuse(Waiter waiter, Cause cause, String detail) {
        PoolBook book = pools.get(waiter.pool);
        if (book != null) {
            book.refused++;
            publish(book);
        }
        if (finish(
                waiter, new BindOutcome.Refused(waiter.pool, cause, detail, elapsedMs(waiter), waiter.declinedBy()))) {
            ended(waiter, SearchEnd.REFUSED);
        }
    }

    /** The pool is gone, and with it what those wait for who are in its queue. */
    void dissolve(PoolBook gone) {
        List<Waiter> left = new ArrayList<>();
        for (Waiter first = gone.waiting.first(); first != null; first = gone.waiting.first()) {
            gone.waiting.remove(first);
            left.add(first);
        }
        left.forEach(w -> refuse(w, Cause.CAUSE_POOL_UNKNOWN, "the pool was deleted"));
    }

    /** Offers to those who wait, in their order, as long as there is somebody to offer to. */
    void serve(PoolBook book) {
        if (book.pool.getPaused()) {
            return;
        }
        boolean moved = false;
        for (Waiter first = book.waiting.first();
                first != null && offerNext(book, first);
                first = book.waiting.first()) {
            moved = true;
        }
        if (moved) {
            publish(book);
        }
    }

    private boolean offerNext(PoolBook book, Waiter waiter) {
        AgentLink link = offering.pick(book);
        if (link == null) {
            return false;
        }
        book.waiting.remove(waiter);
        bindings.reached(waiter.request.callId(), waiter.attempt);
        offering.offer(book, waiter, link, () -> hedge(waiter), bound -> answered(waiter, link, bound));
        return true;
    }

    /** Whoever was asked last is slow: another one is asked, too, and the first who accepts gets the call. */
    private void hedge(Waiter waiter) {
        PoolBook book = pools.get(waiter.pool);
        if (!waiter.done && book != null && waiter.unanswered() < MOST_ASKED) {
            again(book, waiter);
        }
    }

    private void answered(Waiter waiter, AgentLink link, BindOutcome.@Nullable Bound bound) {
        PoolBook book = pools.get(waiter.pool);
        if (bound != null) {
            leaveQueue(waiter);
            if (finish(waiter, bound)) {
                bindings.bound(waiter.request, bound, link);
                ended(
                        waiter,
                        waiter.tried.size() > 1
                                ? SearchEnd.OVERFLOWED
                                : waiter.waited ? SearchEnd.WAITED : SearchEnd.WARM);
            } else {
                link.connection().release(bound.fence());
            }
            if (book != null) {
                publish(book);
            }
        } else if (!waiter.done && book == null) {
            refuse(waiter, Cause.CAUSE_POOL_UNKNOWN, "the pool was deleted");
        } else if (!waiter.done && book != null) {
            again(book, waiter);
        }
        // The agent may be free as far as is known, and somebody else may wait for it.
        PoolBook asked = pools.get(link.address().getPool());
        if (asked != null) {
            serve(asked);
        }
    }

    /** The next agent, unless somebody who came before waits for it; else back to its place among those who wait. */
    private void again(PoolBook book, Waiter waiter) {
        Waiter first = book.waiting.first();
        if (!book.pool.getPaused() && (first == null || first.ticket > waiter.ticket) && offerNext(book, waiter)) {
            return;
        }
        if (loop.nanos() >= waiter.deadline) {
            if (waiter.unanswered() == 0) {
                overflowOrRefuse(book, waiter, Cause.CAUSE_NO_AGENT, "no agent accepted");
            }
            return;
        }
        await(book, waiter);
        publish(book);
    }

    /** Nobody wants an agent for it any more. */
    private void giveUp(Waiter waiter) {
        if (waiter.end()) {
            byCall.remove(waiter.request.callId(), waiter);
            looking = byCall.size();
            leaveQueue(waiter);
            ended(waiter, SearchEnd.ABANDONED);
        }
    }

    private void ended(Waiter waiter, SearchEnd how) {
        listener.searched(loop.nanos() - waiter.since, how);
    }

    private void leaveQueue(Waiter waiter) {
        PoolBook book = pools.get(waiter.pool);
        if (book != null && book.waiting.remove(waiter)) {
            publish(book);
        }
    }

    /** Calls that look for an agent. Callable from anywhere. */
    int looking() {
        return looking;
    }

    private void publish(PoolBook book) {
        listener.demandChanged(book.demand());
    }

    private long elapsedMs(Waiter waiter) {
        return TimeUnit.NANOSECONDS.toMillis(loop.nanos() - waiter.since);
    }
}
