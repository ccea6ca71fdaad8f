package dev.dialplane.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.Optional;

/** Issues service-account tokens that are bound to one pod. */
interface TokenSource {
    /** A token and when it expires. */
    record Token(String text, Instant expiry) {}

    /**
     * Issues a token.
     *
     * @param audience whom it is for; empty for the API server
     */
    Token issue(Optional<String> audience, long expirationSeconds);

    /** Asks the API server, as the pod's node. */
    static TokenSource of(KubernetesClient client, Pod pod) {
        return (audience, expirationSeconds) -> {
            TokenRequestBuilder request = new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(expirationSeconds)
                    .withNewBoundObjectRef()
                    .withApiVersion("v1")
                    .withKind("Pod")
                    .withName(pod.getMetadata().getName())
                    .withUid(pod.getMetadata().getUid())
                    .endBoundObjectRef()
                    .endSpec();
            audience.ifPresent(name -> request.editSpec().withAudiences(name).endSpec());
            TokenRequest answer = client.serviceAccounts()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .withName(pod.getSpec().getServiceAccountName())
                    .tokenRequest(request.build());
            return new Token(
                    answer.getStatus().getToken(),
                    Instant.parse(answer.getStatus().getExpirationTimestamp()));
        };
    }
}
