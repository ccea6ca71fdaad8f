package dev.dialplane.operator.gateways;

import dev.dialplane.contracts.agent.v1.Phase;
import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.operator.pool.AgentPhase;
import dev.dialplane.operator.pool.AgentPod;
import dev.dialplane.operator.pool.PoolKey;

/** The operator's words in those of the contract, and back. */
public final class Protos {

    private Protos() {}

    /** Names a pool. */
    public static PoolRef ref(PoolKey pool) {
        return PoolRef.newBuilder()
                .setNamespace(pool.namespace())
                .setName(pool.name())
                .build();
    }

    /** Reads a pool's name. */
    public static PoolKey key(PoolRef pool) {
        return new PoolKey(pool.getNamespace(), pool.getName());
    }

    static AgentAddress address(AgentPod pod) {
        return AgentAddress.newBuilder()
                .setPool(ref(pod.pool()))
                .setPodName(pod.name())
                .setPodUid(pod.uid())
                .setAddress(pod.address())
                .setNode(pod.node())
                .setZone(pod.zone())
                .setRevision(pod.revision())
                .setAvoid(pod.evictable() || pod.deleting())
                .build();
    }

    static AgentPhase phase(Phase phase) {
        return switch (phase) {
            case PHASE_STARTING, PHASE_PREPARING -> AgentPhase.Preparing;
            case PHASE_IDLE -> AgentPhase.Idle;
            case PHASE_OFFERED, PHASE_ACTIVE, PHASE_WRAPPING, PHASE_RESETTING -> AgentPhase.Busy;
            case PHASE_RETIRING -> AgentPhase.Retiring;
            case PHASE_UNSPECIFIED, UNRECOGNIZED -> AgentPhase.Unknown;
        };
    }
}
