package dev.dialplane.local.install;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** Dialplane's resources as they are in the API, without their Java model. */
public final class Resources {
    private static final ResourceDefinitionContext POOLS = definition("VoiceAgentPool", "voiceagentpools");
    private static final ResourceDefinitionContext SESSIONS = definition("CallSession", "callsessions");

    private Resources() {}

    private static ResourceDefinitionContext definition(String kind, String plural) {
        return new ResourceDefinitionContext.Builder()
                .withGroup("dialplane.dev")
                .withVersion("v1alpha1")
                .withKind(kind)
                .withPlural(plural)
                .withNamespaced(true)
                .build();
    }

    /** The pools. */
    public static MixedOperation<
                    GenericKubernetesResource,
                    io.fabric8.kubernetes.api.model.GenericKubernetesResourceList,
                    io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource>>
            pools(KubernetesClient client) {
        return client.genericKubernetesResources(POOLS);
    }

    /** The sessions. */
    public static MixedOperation<
                    GenericKubernetesResource,
                    io.fabric8.kubernetes.api.model.GenericKubernetesResourceList,
                    io.fabric8.kubernetes.client.dsl.Resource<GenericKubernetesResource>>
            sessions(KubernetesClient client) {
        return client.genericKubernetesResources(SESSIONS);
    }
}
