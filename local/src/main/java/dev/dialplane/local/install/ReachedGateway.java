package dev.dialplane.local.install;

import dev.dialplane.local.caller.carrier.Dialed;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gateway of any cluster, reached as its carrier would: with signed requests, by a forwarded port; or at the loopback
 * address where a gateway on this machine takes calls without signatures.
 */
public final class ReachedGateway implements AutoCloseable {
    private static final int PORT = 8080;
    private static final String DEVELOPMENT = "DIALPLANE_GATEWAY_DEV_LISTENER";
    private static final String PUBLIC_URL = "DIALPLANE_GATEWAY_TWILIO_PUBLIC_URL";

    private final Dialed dialed;
    private final @Nullable LocalPortForward forward;

    private ReachedGateway(Dialed dialed, @Nullable LocalPortForward forward) {
        this.dialed = dialed;
        this.forward = forward;
    }

    /**
     * Finds a gateway that is Ready.
     *
     * @param system the namespace that Dialplane is installed in
     * @param namespace the pool's
     * @throws IOException if there is none, or it takes no calls from Twilio
     */
    public static ReachedGateway find(KubernetesClient client, String system, String namespace, String pool)
            throws IOException {
        Pod pod = client
                .pods()
                .inNamespace(system)
                .withLabels(Map.of("app.kubernetes.io/name", "dialplane", "app.kubernetes.io/component", "gateway"))
                .list()
                .getItems()
                .stream()
                .filter(ReachedGateway::isReady)
                .findFirst()
                .orElseThrow(() -> new IOException("No gateway is Ready in namespace " + system
                        + "; --system names the namespace that Dialplane is installed in."));
        Optional<String> development = variable(pod, DEVELOPMENT);
        if (development.isPresent()) {
            return new ReachedGateway(Dialed.webhook(URI.create("http://" + development.get()), namespace, pool), null);
        }
        String name = pod.getMetadata().getName();
        String url = variable(pod, PUBLIC_URL)
                .orElseThrow(() -> new IOException(
                        name + " takes no calls from Twilio: the chart's gateway.publicUrl is not set."));
        String token = token(client, pod);
        LocalPortForward forward =
                client.pods().inNamespace(system).withName(name).portForward(PORT);
        return new ReachedGateway(
                Dialed.webhook(URI.create("http://127.0.0.1:" + forward.getLocalPort()), namespace, pool)
                        .signedWith(token)
                        .knownAs(URI.create(url)),
                forward);
    }

    private static boolean isReady(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("True"));
    }

    private static Optional<String> variable(Pod pod, String name) {
        return pod.getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst();
    }

    /** One of the account's auth tokens, which whoever may read the Secret may sign with. */
    private static String token(KubernetesClient client, Pod pod) throws IOException {
        String secret = pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getName().equals("twilio"))
                .map(Volume::getSecret)
                .findFirst()
                .orElseThrow(() -> new IOException(pod.getMetadata().getName()
                        + " has no auth tokens of Twilio: the chart's gateway.twilioAuthTokens is not set."))
                .getSecretName();
        return client
                .secrets()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(secret)
                .require()
                .getData()
                .values()
                .stream()
                .findFirst()
                .map(data -> new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8).strip())
                .orElseThrow(() -> new IOException("Secret " + secret + " is empty."));
    }

    /** The pool's number. */
    public Dialed number() {
        return dialed;
    }

    @Override
    public void close() throws IOException {
        if (forward != null) {
            forward.close();
        }
    }
}
