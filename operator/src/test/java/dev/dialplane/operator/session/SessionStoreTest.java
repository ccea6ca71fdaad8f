package dev.dialplane.operator.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dialplane.crds.session.CallSession;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stays of a session on the operator's heap. */
class SessionStoreTest {

    @Test
    void ofManagedFieldsOnlyTheManagersNamesStay() {
        SessionStore store = new SessionStore();
        CallSession session = new CallSession();
        session.setMetadata(new ObjectMetaBuilder()
                .withNamespace("calls")
                .withName("in-1")
                .withUid("u1")
                .withResourceVersion("7")
                .withManagedFields(managed("dialplane-operator", ""), managed("dialplane-operator", "status"))
                .addToManagedFields(managed("kubectl", ""))
                .build());

        store.put(store.getKey(session), session);

        CallSession kept = store.get("calls/in-1");
        assertThat(kept.getMetadata().getManagedFields())
                .extracting(ManagedFieldsEntry::getManager)
                .containsExactly("dialplane-operator", "kubectl");
        assertThat(kept.getMetadata().getManagedFields())
                .extracting(ManagedFieldsEntry::getFieldsV1)
                .containsOnlyNulls();
        assertThat(kept.getMetadata().getUid()).isEqualTo("u1");
        assertThat(kept.getMetadata().getResourceVersion()).isEqualTo("7");
    }

    private static ManagedFieldsEntry managed(String manager, String subresource) {
        FieldsV1 fields = new FieldsV1();
        fields.setAdditionalProperty("f:spec", Map.of("f:poolRef", Map.of()));
        return new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withSubresource(subresource)
                .withFieldsV1(fields)
                .build();
    }
}
