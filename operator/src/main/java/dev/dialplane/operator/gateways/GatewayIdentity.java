package dev.dialplane.operator.gateways;

import dev.dialplane.operator.OperatorConfig;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.grpc.Status;
import io.grpc.StatusException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Who attaches: asks the API server whose token it is. */
@Singleton
public class GatewayIdentity {

    private static final String POD_NAME = "authentication.kubernetes.io/pod-name";
    private static final String POD_UID = "authentication.kubernetes.io/pod-uid";

    private final KubernetesClient client;
    private final String audience;
    private final Set<String> allowed;

    GatewayIdentity(KubernetesClient client, OperatorConfig config) {
        this.client = client;
        this.audience = config.audience();
        this.allowed = config.gatewayServiceAccounts().stream()
                .map(String::strip)
                .map(account -> "system:serviceaccount:" + account.replace('/', ':'))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The pod that a token was made for.
     *
     * @param podName its name
     * @param podUid its UID
     */
    public record Pod(String podName, String podUid) {}

    /**
     * Reviews a token: one round trip to the API server.
     *
     * @throws StatusException UNAUTHENTICATED for a token that the API server does not believe for our audience,
     *     PERMISSION_DENIED for one of another account or of no pod, UNAVAILABLE when it cannot be asked
     */
    public Pod review(String token) throws StatusException {
        TokenReview review;
        try {
            review = client.resource(new TokenReviewBuilder()
                            .withNewSpec()
                            .withToken(token)
                            .withAudiences(audience)
                            .endSpec()
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            throw Status.UNAVAILABLE
                    .withDescription("the token cannot be reviewed now; try again")
                    .withCause(e)
                    .asException();
        }
        var status = review.getStatus();
        if (status == null || !Boolean.TRUE.equals(status.getAuthenticated())) {
            throw Status.UNAUTHENTICATED
                    .withDescription("the token is expired, revoked, forged or not for audience " + audience)
                    .asException();
        }
        if (status.getAudiences() == null || !status.getAudiences().contains(audience)) {
            throw Status.UNAUTHENTICATED
                    .withDescription("the token is not for audience " + audience)
                    .asException();
        }
        String user = status.getUser().getUsername();
        if (!allowed.contains(user)) {
            throw Status.PERMISSION_DENIED
                    .withDescription(user + " is not a gateway; gateways are "
                            + allowed.stream().sorted().collect(Collectors.joining(", ")))
                    .asException();
        }
        var extra = status.getUser().getExtra();
        List<String> uid = extra == null ? List.of() : extra.getOrDefault(POD_UID, List.of());
        List<String> name = extra == null ? List.of() : extra.getOrDefault(POD_NAME, List.of());
        if (uid.isEmpty() || name.isEmpty()) {
            throw Status.PERMISSION_DENIED
                    .withDescription("the token is not bound to a pod; use a projected service account token")
                    .asException();
        }
        return new Pod(name.getFirst(), uid.getFirst());
    }
}
