package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentChange;
import dev.dialplane.contracts.control.v1.AttachResponse;
import dev.dialplane.contracts.control.v1.Gateway;
import dev.dialplane.contracts.control.v1.Gateways;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.PoolChange;
import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.AgentPods;
import dev.dialplane.operator.pool.PoolKey;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What gateways know of pools, agents and one another: a snapshot for one that attaches, and every change after it, in order. */
@Singleton
public class Roster {

    private final Map<PoolKey, Pool> pools = new LinkedHashMap<>();
    private final Map<String, AgentAddress> agents = new LinkedHashMap<>();
    private final Map<String, Gateway> gateways = new LinkedHashMap<>();
    private final Set<Consumer<AttachResponse>> readers = new LinkedHashSet<>();
    private final Clock clock;
    private long version;

    Roster(AgentPods pods, Clock clock) {
        this.clock = clock;
        rise();
        pods.listen(this::podChanged);
    }

    /**
     * Sends a gateway the snapshot, and from then on every change.
     *
     * @param gateway as the others are told of it
     * @param reader takes what is sent, and must not block
     */
    public synchronized void attach(Gateway gateway, Consumer<AttachResponse> reader) {
        boolean news = !gateway.equals(gateways.put(gateway.getGatewayId(), gateway));
        reader.accept(AttachResponse.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .addAllPools(pools.values())
                        .addAllAgents(agents.values())
                        .addAllGateways(gateways.values())
                        .setVersion(++version))
                .build());
        if (news) {
            tellGateways();
        }
        readers.add(reader);
    }

    /** Tells that a gateway is gone. It may still hold calls, but its share of the agents is the others' now. */
    public synchronized void left(String gateway) {
        if (gateways.remove(gateway) != null) {
            tellGateways();
        }
    }

    /** Sends a reader nothing more. */
    public synchronized void detach(Consumer<AttachResponse> reader) {
        readers.remove(reader);
    }

    void gained(@Observes Leadership.Gained event) {
        rise();
    }

    /** Gateways keep the version on disk, so it must rise over restarts, and from one leader to the next. */
    private synchronized void rise() {
        version = Math.max(version, clock.millis() << 10);
    }

    /** Tells of a pool, if it is new or has changed. */
    public synchronized void put(PoolKey key, Pool pool) {
        if (!pool.equals(pools.put(key, pool))) {
            tell(AttachResponse.newBuilder()
                    .setPoolChange(PoolChange.newBuilder().setVersion(++version).setUpsert(pool))
                    .build());
        }
    }

    /** Tells that a pool is gone. */
    public synchronized void remove(PoolKey key) {
        if (pools.remove(key) != null) {
            tell(AttachResponse.newBuilder()
                    .setPoolChange(PoolChange.newBuilder().setVersion(++version).setRemoved(Protos.ref(key)))
                    .build());
        }
    }

    /** Returns whether gateways have been told of a pool. */
    public synchronized boolean knows(PoolKey key) {
        return pools.containsKey(key);
    }

    private synchronized void podChanged(@Nullable AgentPod before, @Nullable AgentPod after) {
        // From the first readiness until the end: an agent that is not ready for a moment may hold a call.
        boolean there = after != null
                && (after.life() == AgentPod.Life.Ready || after.life() == AgentPod.Life.Unready)
                && !after.address().isEmpty();
        if (there && after != null) {
            AgentAddress address = Protos.address(after);
            if (!address.equals(agents.put(after.uid(), address))) {
                tell(AttachResponse.newBuilder()
                        .setAgentChange(
                                AgentChange.newBuilder().setVersion(++version).setUpsert(address))
                        .build());
            }
            return;
        }
        String uid = after != null ? after.uid() : before != null ? before.uid() : "";
        if (agents.remove(uid) != null) {
            tell(AttachResponse.newBuilder()
                    .setAgentChange(
                            AgentChange.newBuilder().setVersion(++version).setRemoved(uid))
                    .build());
        }
    }

    private void tellGateways() {
        tell(AttachResponse.newBuilder()
                .setGateways(Gateways.newBuilder().setVersion(++version).addAllGateways(gateways.values()))
                .build());
    }

    private void tell(AttachResponse change) {
        readers.forEach(reader -> reader.accept(change));
    }
}
