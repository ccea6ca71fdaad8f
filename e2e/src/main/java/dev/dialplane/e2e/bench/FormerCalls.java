package dev.dialplane.e2e.bench;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.local.install.Resources;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Ended sessions, as a busy time leaves them: what an operator has to hold while new calls come. */
final class FormerCalls {
    private static final int AT_ONCE = 32;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private FormerCalls() {}

    /**
     * Creates so many sessions, over these pools in turn, and waits until the operator has ended each of them: it finds
     * no call behind them.
     *
     * @param watch sees them
     * @throws IOException if one cannot be created, or they have not ended after ten minutes
     */
    static void create(KubernetesClient client, List<PoolRef> pools, int count, SessionWatch watch)
            throws IOException, InterruptedException {
        AtomicInteger failed = new AtomicInteger();
        Semaphore atOnce = new Semaphore(AT_ONCE);
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < count; number++) {
                GenericKubernetesResource session = session(number, pools.get(number % pools.size()));
                atOnce.acquire();
                writers.execute(() -> {
                    try {
                        Resources.sessions(client).resource(session).create();
                    } catch (RuntimeException e) {
                        failed.incrementAndGet();
                    } finally {
                        atOnce.release();
                    }
                });
            }
        }
        if (failed.get() > 0 || !World.await(() -> watch.ended() >= count, LONGEST)) {
            throw new IOException("of %d sessions %d could not be created, and %d have ended"
                    .formatted(count, failed.get(), watch.ended()));
        }
    }

    private static GenericKubernetesResource session(int number, PoolRef pool) {
        GenericKubernetesResource session = new GenericKubernetesResource();
        session.setApiVersion("dialplane.dev/v1alpha1");
        session.setKind("CallSession");
        session.setMetadata(new ObjectMetaBuilder()
                .withName("in-former%05d".formatted(number))
                .withNamespace(pool.getNamespace())
                .withLabels(Map.of("dialplane.dev/pool", pool.getName()))
                .build());
        Map<String, @Nullable Object> spec = Map.of(
                "poolRef", Map.of("name", pool.getName()),
                "direction", "Inbound",
                "carrier", "twilio",
                "callId", "former-%05d".formatted(number),
                "ttlAfterEnd", "2h");
        session.setAdditionalProperty("spec", spec);
        return session;
    }
}
