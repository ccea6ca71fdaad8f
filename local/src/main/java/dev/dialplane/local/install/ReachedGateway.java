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
 * A gateway of any cluster, reached as its carrier would: with signed requests, by a forwarded port; or where it takes calls
 * without signatures, by the loopback address of this machine or of its pod.
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
     * @throws IOException if there is none, or it takes no calls
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
        String name = pod.getMetadata().getName();
        return switch (Way.to(pod)) {
            case Way.Direct(URI listener) -> new ReachedGateway(Dialed.webhook(listener, namespace, pool), null);
            case Way.Signed(URI publicUrl) -> {
                String token = token(client, pod);
                LocalPortForward forward =
                        client.pods().inNamespace(system).withName(name).portForward(PORT);
                yield new ReachedGateway(
                        Dialed.webhook(end(forward), namespace, pool)
                                .signedWith(token)
                                .knownAs(publicUrl),
                        forward);
            }
            case Way.Unsigned(int port) -> {
                LocalPortForward forward =
                        client.pods().inNamespace(system).withName(name).portForward(port);
                yield new ReachedGateway(Dialed.webhook(end(forward), namespace, pool), forward);
            }
        };
    }

    private static URI end(LocalPortForward forward) {
        return URI.create("http://127.0.0.1:" + forward.getLocalPort());
    }

    /** How a gateway can be reached from here. */
    sealed interface Way {
        /** Its pod is a process on this machine: at its listener for development. */
        record Direct(URI listener) implements Way {}

        /** As its carrier does, with signed requests to a forwarded port. */
        record Signed(URI publicUrl) implements Way {}

        /** It has no carrier: at its listener for development in the pod, by a forwarded port. */
        record Unsigned(int port) implements Way {}

        /**
         * The way to a gateway's pod.
         *
         * @throws IOException if there is none, with what to set
         */
        static Way to(Pod pod) throws IOException {
            Optional<URI> listener = variable(pod, DEVELOPMENT).map(address -> URI.create("http://" + address));
            if (listener.filter(at -> at.getHost().equals(pod.getStatus().getPodIP()))
                    .isPresent()) {
                return new Direct(listener.get());
            }
            Optional<URI> publicUrl = variable(pod, PUBLIC_URL).map(URI::create);
            if (publicUrl.isPresent()) {
                return new Signed(publicUrl.get());
            }
            return new Unsigned(
                    listener.map(URI::getPort)
                            .orElseThrow(
                                    () -> new IOException(
                                            pod.getMetadata().getName()
                                                    + " takes no calls: of the chart's values neither gateway.publicUrl is set nor gateway.phone.")));
        }
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
