package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.gateways.Attachments;
import dev.dialplane.operator.gateways.Roster;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pools there are, and whether everything is known that gateways are told. */
@Singleton
public class Pools implements Attachments.Settled {

    private final Instance<Operator> operator;
    private final AgentPods pods;
    private final Roster roster;
    private volatile @Nullable IndexerResourceCache<VoiceAgentPool> cache;
    private volatile boolean settled;

    Pools(Instance<Operator> operator, AgentPods pods, Roster roster) {
        this.operator = operator;
        this.pods = pods;
        this.roster = roster;
    }

    void use(IndexerResourceCache<VoiceAgentPool> cache) {
        this.cache = cache;
    }

    /** Returns the names of all pools. */
    List<PoolKey> keys() {
        IndexerResourceCache<VoiceAgentPool> known = cache;
        return known == null ? List.of() : known.list().map(PoolSizer::key).toList();
    }

    /** Returns a pool as the controller last saw it. */
    public Optional<VoiceAgentPool> find(PoolKey pool) {
        IndexerResourceCache<VoiceAgentPool> known = cache;
        return known == null ? Optional.empty() : known.get(new ResourceID(pool.name(), pool.namespace()));
    }

    /** Once everything was known it stays so: an API server that goes away takes no knowledge with it. */
    @Override
    public boolean settled() {
        if (!settled) {
            settled = pods.synced()
                    && operator.get().getRuntimeInfo().isStarted()
                    && keys().stream().allMatch(roster::knows);
        }
        return settled;
    }
}
