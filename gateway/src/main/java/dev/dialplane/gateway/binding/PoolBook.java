package dev.dialplane.gateway.binding;

import dev.dialplane.contracts.control.v1.Pool;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** What the binding loop knows of one pool. */
final class PoolBook {
    Pool pool;
    /** Ready for the present spec. */
    final Picker ready;
    /** Ready, for a former spec: better than nobody. */
    final Picker outdated;
    /** By pod UID: those never prepared, and those that idle behind the present spec. */
    final Set<String> unprepared = new LinkedHashSet<>();

    final Set<String> behind = new LinkedHashSet<>();
    final Deque<Waiter> waiting = new ArrayDeque<>();
    int preparing;
    /** Offers that wait for their answer. */
    int offering;

    long arrivals;
    long refused;
    long ended;
    int ringing;
    int active;

    PoolBook(Pool pool, String gatewayId) {
        this.pool = pool;
        ready = new Picker(gatewayId);
        outdated = new Picker(gatewayId);
    }
}
