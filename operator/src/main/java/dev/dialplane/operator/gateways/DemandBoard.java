package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.operator.pool.PoolKey;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** What each gateway is asked for, added up by pool. */
@Singleton
public class DemandBoard {

    /**
     * What all gateways together are asked for.
     *
     * @param arrived calls that came since the last time
     * @param refused calls refused since the last time
     * @param inSystem calls that wait, ring or talk
     * @param busy calls that hold an agent
     */
    public record Counted(long arrived, long refused, int inSystem, int busy) {}

    /** Who wants to know. Must not block. */
    @FunctionalInterface
    public interface Listener {
        /** Tells what a pool is asked for. */
        void counted(PoolKey pool, Counted counted);
    }

    private final Map<PoolKey, Map<String, Demand>> last = new HashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Adds a listener. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Takes in what a gateway tells of one pool. */
    public void tell(String gateway, Demand demand) {
        PoolKey pool = Protos.key(demand.getPool());
        Counted counted;
        synchronized (this) {
            Map<String, Demand> gateways = last.computeIfAbsent(pool, _ -> new HashMap<>());
            Demand before = gateways.put(gateway, demand);
            // The first figures of a gateway tell what was before the operator, too.
            long arrived = before == null ? 0 : Math.max(0, demand.getArrivals() - before.getArrivals());
            long refused = before == null ? 0 : Math.max(0, demand.getRefused() - before.getRefused());
            counted = counted(gateways, arrived, refused);
        }
        listeners.forEach(listener -> listener.counted(pool, counted));
    }

    /** Returns what a pool is asked for now; arrivals are told to listeners alone. */
    public synchronized Counted of(PoolKey pool) {
        return counted(last.getOrDefault(pool, Map.of()), 0, 0);
    }

    /** Forgets a gateway, whose calls have ended or are with another by now. */
    public void forget(String gateway) {
        Map<PoolKey, Counted> changed = new HashMap<>();
        synchronized (this) {
            last.forEach((pool, gateways) -> {
                if (gateways.remove(gateway) != null) {
                    changed.put(pool, counted(gateways, 0, 0));
                }
            });
        }
        changed.forEach((pool, counted) -> listeners.forEach(listener -> listener.counted(pool, counted)));
    }

    private static Counted counted(Map<String, Demand> gateways, long arrived, long refused) {
        int inSystem = 0;
        int busy = 0;
        for (Demand demand : new ArrayList<>(gateways.values())) {
            busy += demand.getRinging() + demand.getActive();
            inSystem += demand.getWaiting() + demand.getRinging() + demand.getActive();
        }
        return new Counted(arrived, refused, inSystem, busy);
    }
}
