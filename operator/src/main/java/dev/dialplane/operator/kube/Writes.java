package dev.dialplane.operator.kube;

import dev.dialplane.operator.leader.Leadership;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every write of the operator: counted, and bound to the object that was meant by its UID, so that a late operator
 * changes nothing that took its place. An operator that does not lead writes nothing: every write throws
 * {@link dev.dialplane.operator.leader.NotLeadingException} then.
 */
@Singleton
public class Writes {

    /** The name under which the API server records what the operator owns. */
    public static final String FIELD_MANAGER = "dialplane-operator";

    private final KubernetesClient client;
    private final Leadership leadership;
    private final MeterRegistry meters;

    Writes(KubernetesClient client, Leadership leadership, MeterRegistry meters) {
        this.client = client;
        this.leadership = leadership;
        this.meters = meters;
    }

    /**
     * Creates an object.
     *
     * @throws KubernetesClientException with code 409 if one of its name exists
     */
    @SuppressWarnings("unchecked")
    public <T extends HasMetadata> T create(T object) {
        // The client's own create cannot name the field manager.
        String path = path(object.getClass(), object.getMetadata().getNamespace());
        begin("create", HasMetadata.getPlural(object.getClass()));
        String created = client.raw(path + "?fieldManager=" + FIELD_MANAGER, "POST", object);
        return (T) client.getKubernetesSerialization().unmarshal(created, object.getClass());
    }

    /** Brings an object to what is given of it, by server-side apply. */
    public <T extends HasMetadata> T apply(T object) {
        return apply(object, true);
    }

    /**
     * Brings an object of the operator's own to what is given of it, by server-side apply.
     *
     * @throws KubernetesClientException with code 409 if somebody else has made it
     */
    public <T extends HasMetadata> T applyOwn(T object) {
        return apply(object, false);
    }

    private <T extends HasMetadata> T apply(T object, boolean force) {
        return counted(
                "apply",
                object,
                () -> client.resource(object)
                        .patch(new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(FIELD_MANAGER)
                                .withForce(force)
                                .build()));
    }

    /**
     * Brings an object's status to what is given, by server-side apply.
     *
     * @param object its name, UID, the resourceVersion on which the status rests, the status, and nothing else
     * @throws KubernetesClientException with code 409 if the object has changed since or another has its name, 404 if
     *     none has
     */
    public <T extends HasMetadata> T applyStatus(T object) {
        requireVersion(object);
        return counted(
                "apply-status",
                object,
                () -> client.resource(object)
                        .subresource("status")
                        .patch(new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(FIELD_MANAGER)
                                .withForce(true)
                                .build()));
    }

    /**
     * Sets or removes a label.
     *
     * @param value null to remove it
     * @throws KubernetesClientException with code 409 if an object of another UID has this name, 404 if none has
     */
    public <T extends HasMetadata> void label(
            Class<T> type, String namespace, String name, String uid, String label, @Nullable String value) {
        String patch = "{\"metadata\":{\"uid\":\"%s\",\"labels\":{\"%s\":%s}}}"
                .formatted(uid, label, value == null ? "null" : "\"" + value + "\"");
        begin("patch", HasMetadata.getPlural(type));
        client.resources(type)
                .inNamespace(namespace)
                .withName(name)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(FIELD_MANAGER)
                                .build(),
                        patch);
    }

    /**
     * Deletes an object, if it is the one that is meant.
     *
     * @param resourceVersion the version it must still have; null for any
     * @param graceSeconds how long it may take to go; null for its own
     * @return false if it is not there, or is another one by now
     */
    public boolean delete(
            Class<? extends HasMetadata> type,
            String namespace,
            String name,
            String uid,
            @Nullable String resourceVersion,
            @Nullable Long graceSeconds) {
        DeleteOptions options = new DeleteOptionsBuilder()
                .withApiVersion("v1")
                .withKind("DeleteOptions")
                .withNewPreconditions()
                .withUid(uid)
                .withResourceVersion(resourceVersion)
                .endPreconditions()
                .withGracePeriodSeconds(graceSeconds)
                .withPropagationPolicy("Background")
                .build();
        begin("delete", HasMetadata.getPlural(type));
        try {
            client.raw(path(type, namespace) + "/" + name, "DELETE", options);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 404 || e.getCode() == 409) {
                return false;
            }
            throw e;
        }
    }

    private static String path(Class<? extends HasMetadata> type, String namespace) {
        String group = HasMetadata.getGroup(type);
        return "%s/%s/namespaces/%s/%s"
                .formatted(
                        group == null || group.isEmpty() ? "/api" : "/apis/" + group,
                        HasMetadata.getVersion(type),
                        namespace,
                        HasMetadata.getPlural(type));
    }

    private <T extends HasMetadata> T counted(String verb, T object, Supplier<T> write) {
        begin(verb, HasMetadata.getPlural(object.getClass()));
        return write.get();
    }

    /** Every write begins here. */
    private void begin(String verb, String resource) {
        leadership.require();
        meters.counter("dialplane.operator.writes", "verb", verb, "resource", resource)
                .increment();
    }

    private static void requireVersion(HasMetadata object) {
        if (object.getMetadata().getUid() == null || object.getMetadata().getResourceVersion() == null) {
            throw new IllegalArgumentException(
                    "a status rests on one version of one object: metadata.uid and resourceVersion must be set");
        }
    }
}
