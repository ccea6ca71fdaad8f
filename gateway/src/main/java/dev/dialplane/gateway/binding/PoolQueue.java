package dev.dialplane.gateway.binding;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for one pool, in the order in which they came to it. Whoever was offered to an agent in vain comes
 * back to the place it had, whatever order the answers came in.
 */
final class PoolQueue {
    private final TreeMap<Long, Waiter> byTicket = new TreeMap<>();

    void add(Waiter waiter) {
        byTicket.put(waiter.ticket, waiter);
    }

    /** Takes it out; false if it does not wait here. */
    boolean remove(Waiter waiter) {
        return byTicket.remove(waiter.ticket, waiter);
    }

    /** Who has waited longest; null if nobody waits. */
    @Nullable
    Waiter first() {
        return byTicket.isEmpty() ? null : byTicket.firstEntry().getValue();
    }

    int size() {
        return byTicket.size();
    }

    boolean isEmpty() {
        return byTicket.isEmpty();
    }
}
