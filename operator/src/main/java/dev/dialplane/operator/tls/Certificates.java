package dev.dialplane.operator.tls;

import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsFiles;
import dev.dialplane.crds.pool.VoiceAgentPool;
import dev.dialplane.operator.OperatorConfig;
import dev.dialplane.operator.kube.Writes;
import dev.dialplane.operator.leader.Leadership;
import dev.dialplane.operator.leader.NotLeadingException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The Secrets with certificates: one a pool for its agents, beside the pool and gone with it, and one each for gateways and
 * inference. They are written, never read: the operator has no right to see a Secret. So one that has just come to lead
 * writes them all anew; who uses them takes up new ones without a restart.
 */
@Singleton
public class Certificates {
    /** A stolen certificate is good for this long; an operator may be away for as long as this less {@link #RENEWED}. */
    static final Duration VALIDITY = Duration.ofDays(7);

    static final Duration RENEWED = Duration.ofDays(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Logger LOG = Logger.getLogger(Certificates.class);

    private final OperatorTls tls;
    private final Optional<Authority> authority;
    private final String namespace;
    private final Writes writes;
    private final Leadership leadership;
    private final Clock clock;
    /** When what was issued: each Secret by the pool that owns it, so that a pool of the same name has its own. */
    private final Map<Issue, Instant> issued = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("certificates").factory());

    private record Issue(String name, String owner) {}

    Certificates(OperatorConfig config, OperatorTls tls, Writes writes, Leadership leadership, Clock clock) {
        this.tls = tls;
        this.authority = tls.authority();
        this.namespace = config.namespace();
        this.writes = writes;
        this.leadership = leadership;
        this.clock = clock;
    }

    /** The Secret that a pool's agents mount. */
    public static String secretOf(String pool) {
        return pool + "-agent-tls";
    }

    void start(@Observes StartupEvent event) {
        if (authority.isPresent()) {
            var unused =
                    timer.scheduleWithFixedDelay(this::keepSystems, 0, LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    /** Others may have led and written since. */
    void gained(@Observes Leadership.Gained event) {
        issued.clear();
    }

    /**
     * Writes a pool's Secret if it is due.
     *
     * @throws KubernetesClientException if the API server refuses it, with code 409 if somebody else's Secret has the name
     */
    public void keep(VoiceAgentPool pool, OwnerReference owner) {
        ObjectMeta metadata = pool.getMetadata();
        keep(
                new ObjectMetaBuilder()
                        .withNamespace(metadata.getNamespace())
                        .withName(secretOf(metadata.getName()))
                        .withOwnerReferences(owner)
                        .build(),
                PeerName.agentsOf(metadata.getNamespace(), metadata.getName()));
    }

    private void keepSystems() {
        try {
            once(new Issue(PeerName.OPERATOR, "itself"), tls::renew);
            if (!leadership.leads()) {
                return;
            }
            keep(systems("dialplane-gateway-tls"), PeerName.GATEWAY);
            keep(systems("dialplane-inference-tls"), PeerName.INFERENCE);
        } catch (NotLeadingException e) {
            LOG.debug("leads no more");
        } catch (KubernetesClientException e) {
            LOG.warnf("a certificate cannot be written, trying again: %s", e.getMessage());
        }
    }

    private ObjectMeta systems(String name) {
        return new ObjectMetaBuilder().withNamespace(namespace).withName(name).build();
    }

    private void keep(ObjectMeta secret, String name) {
        String owner = secret.getOwnerReferences().stream()
                .findFirst()
                .map(OwnerReference::getUid)
                .orElse("");
        once(new Issue(name, owner), issuer -> {
            Authority.Credential credential = issuer.issue(List.of(name), clock.instant(), VALIDITY);
            writes.applyOwn(new SecretBuilder()
                    .withMetadata(secret)
                    .withStringData(Map.of(
                            TlsFiles.CERTIFICATE, credential.certificatePem(),
                            TlsFiles.KEY, credential.keyPem(),
                            TlsFiles.AUTHORITY, issuer.certificatePem()))
                    .build());
            LOG.infof("issued %s, in Secret %s/%s", name, secret.getNamespace(), secret.getName());
        });
    }

    /** Issues what is due: what was issued a day ago, or never. */
    private void once(Issue issue, Consumer<Authority> how) {
        Instant now = clock.instant();
        // Due is as good as never; so nothing is remembered of pools that are gone.
        issued.values().removeIf(then -> !then.plus(RENEWED).isAfter(now));
        if (authority.isPresent() && !issued.containsKey(issue)) {
            how.accept(authority.get());
            issued.put(issue, now);
        }
    }
}
