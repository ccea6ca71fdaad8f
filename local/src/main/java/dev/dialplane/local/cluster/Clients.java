package dev.dialplane.local.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Clients of the API server. They share two threads, for each would bring its own otherwise. */
public final class Clients {
    private static final int CONNECT_MS = 2_000;
    private static final int REQUEST_MS = 10_000;
    /** After an outage a watch is tried again after this, doubled up to 32 times as long. */
    private static final int WATCH_RETRY_MS = 100;

    private Clients() {}

    private static final class Shared {
        static final Vertx VERTX = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setUseDaemonThread(true)
                // Its warnings speak of a busy machine, which is no news where all of a cluster runs on it.
                .setBlockedThreadCheckInterval(Duration.ofDays(1).toMillis()));
    }

    /** A client for a kubeconfig. It does not retry requests by itself. */
    public static KubernetesClient of(Path kubeconfig) throws IOException {
        Config config = new ConfigBuilder(Config.fromKubeconfig(Files.readString(kubeconfig)))
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout(CONNECT_MS)
                .withRequestTimeout(REQUEST_MS)
                .withWatchReconnectInterval(WATCH_RETRY_MS)
                .withHttpsProxy(null)
                .withHttpProxy(null)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new VertxHttpClientFactory(Shared.VERTX))
                .build();
    }
}
