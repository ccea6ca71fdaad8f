package dev.dialplane.operator.pool;

import dev.dialplane.contracts.common.v1.AgentSpec;
import dev.dialplane.contracts.control.v1.Pool;
import dev.dialplane.crds.DurationText;
import dev.dialplane.crds.NameRef;
import dev.dialplane.crds.pool.Compliance;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.agentspec.AgentSpecs;
import dev.dialplane.operator.gateways.Protos;

/** What gateways are told of a pool. */
final class PoolNotice {

    private PoolNotice() {}

    static Pool of(VoiceAgentPool pool, String revision) {
        PoolKey key = PoolSizer.key(pool);
        AgentSpec spec = AgentSpecs.translate(pool.getSpec());
        Pool.Builder notice = Pool.newBuilder()
                .setRef(Protos.ref(key))
                .setSpec(spec)
                .setSpecHash(AgentSpecs.hash(spec))
                .setPaused(pool.getSpec().paused())
                .setQueueMaxWaitMs((int)
                        DurationText.parse(pool.getSpec().overflow().queue().maxWait())
                                .toMillis())
                .setQueueMaxLength(pool.getSpec().overflow().queue().maxLength())
                .setMaxRingingMs((int)
                        DurationText.parse(pool.getSpec().call().maxRinging()).toMillis())
                .setMaxDurationMs(
                        DurationText.parse(pool.getSpec().call().maxDuration()).toMillis())
                .setRevision(revision);
        NameRef overflow = pool.getSpec().overflow().poolRef();
        if (overflow != null) {
            notice.setOverflow(Protos.ref(new PoolKey(key.namespace(), overflow.name())));
        }
        Compliance compliance = pool.getSpec().compliance();
        if (compliance != null) {
            notice.addAllResidency(compliance.residency());
        }
        return notice.build();
    }
}
