package dev.dialplane.operator.session;

import dev.dialplane.crds.session.CallSession;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What the informer keeps of sessions: everything but who owns which field. Of {@code metadata.managedFields} only the
 * managers' names stay, because the trees of field names under them are most of what a session takes on the heap, and
 * twenty thousand ended sessions are kept.
 */
public final class SessionStore extends BasicItemStore<CallSession> {

    /** Makes an empty one; the informer calls this. */
    public SessionStore() {
        super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public CallSession put(String key, CallSession session) {
        List<ManagedFieldsEntry> entries = session.getMetadata().getManagedFields();
        var managers = new LinkedHashSet<String>();
        entries.forEach(entry -> managers.add(entry.getManager()));
        session.getMetadata()
                .setManagedFields(managers.stream()
                        .map(manager -> new ManagedFieldsEntryBuilder()
                                .withManager(manager)
                                .build())
                        .toList());
        return super.put(key, session);
    }
}
