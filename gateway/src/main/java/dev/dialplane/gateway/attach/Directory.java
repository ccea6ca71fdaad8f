package dev.dialplane.gateway.attach;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.control.v1.AgentChange;
import dev.dialplane.contracts.control.v1.Gateway;
import dev.dialplane.contracts.control.v1.Gateways;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.contracts.control.v1.PoolChange;
import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.gateway.binding.Shares;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Pools and agents as the operator tells them: a snapshot, then changes. For one thread at a time. */
final class Directory {
    private final Map<PoolRef, Pool> pools = new LinkedHashMap<>();
    private final Map<String, AgentAddress> agents = new LinkedHashMap<>();
    private List<Gateway> gateways = List.of();
    private long version;

    void replace(Snapshot snapshot) {
        pools.clear();
        agents.clear();
        snapshot.getPoolsList().forEach(p -> pools.put(p.getRef(), p));
        snapshot.getAgentsList().forEach(a -> agents.put(a.getPodUid(), a));
        gateways = snapshot.getGatewaysList();
        version = snapshot.getVersion();
    }

    void apply(PoolChange change) {
        version = change.getVersion();
        switch (change.getChangeCase()) {
            case UPSERT -> pools.put(change.getUpsert().getRef(), change.getUpsert());
            case REMOVED -> pools.remove(change.getRemoved());
            case CHANGE_NOT_SET -> {}
        }
    }

    void apply(AgentChange change) {
        version = change.getVersion();
        switch (change.getChangeCase()) {
            case UPSERT -> agents.put(change.getUpsert().getPodUid(), change.getUpsert());
            case REMOVED -> agents.remove(change.getRemoved());
            case CHANGE_NOT_SET -> {}
        }
    }

    void apply(Gateways change) {
        version = change.getVersion();
        gateways = change.getGatewaysList();
    }

    /** Those that agents are set aside for. */
    List<Shares.Gateway> sharing() {
        return gateways.stream()
                .filter(g -> !g.getDraining())
                .map(g -> new Shares.Gateway(g.getGatewayId(), g.getZone()))
                .toList();
    }

    Snapshot snapshot() {
        return Snapshot.newBuilder()
                .addAllPools(pools.values())
                .addAllAgents(agents.values())
                .addAllGateways(gateways)
                .setVersion(version)
                .build();
    }
}
