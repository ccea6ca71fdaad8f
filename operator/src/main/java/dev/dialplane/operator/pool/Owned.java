package dev.dialplane.operator.pool;

import dev.dialplane.crds.pool.VoiceAgentPool;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;

/** What belongs to a pool, and goes with it. */
final class Owned {
    private Owned() {}

    /** The metadata of an object that a pool has one of: the pool's name and label. */
    static ObjectMeta by(VoiceAgentPool pool) {
        return new ObjectMetaBuilder()
                .withNamespace(pool.getMetadata().getNamespace())
                .withName(pool.getMetadata().getName())
                .withLabels(Map.of(Labels.POOL, pool.getMetadata().getName()))
                .withOwnerReferences(reference(pool))
                .build();
    }

    /** The reference by which what belongs to a pool goes with it. */
    static OwnerReference reference(VoiceAgentPool pool) {
        return new OwnerReferenceBuilder()
                .withApiVersion(pool.getApiVersion())
                .withKind(pool.getKind())
                .withName(pool.getMetadata().getName())
                .withUid(pool.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(false)
                .build();
    }
}
