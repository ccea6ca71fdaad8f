package dev.dialplane.gateway.fake;

import dev.dialplane.contracts.control.v1.Snapshot;
import dev.dialplane.gateway.Gateway;
import dev.dialplane.gateway.binding.BindingSettings;
import dev.dialplane.gateway.call.CallSettings;
import dev.dialplane.gateway.carrier.twilio.TwilioSettings;
import dev.dialplane.gateway.config.Settings;
import dev.dialplane.gateway.recording.RecordingSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole gateway in this process, without the framework around it: its own listeners, an operator and agents. */
public final class TestGateway implements AutoCloseable {
    /** The auth token of the account that the public listener believes. */
    public static final String AUTH_TOKEN = "the-auth-token";

    private final Vertx carriers = Vertx.vertx();
    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Settings settings;
    private final Gateway gateway;
    private final HttpServer publicServer;
    private boolean closed;

    /** What may differ from test to test. */
    public static final class Options {
        public Duration offerDeadline = Duration.ofSeconds(2);
        public Duration openTimeout = Duration.ofSeconds(2);
        public Duration agentSilence = Duration.ofSeconds(5);
        public Duration mediaTimeout = Duration.ofSeconds(30);
        public Duration reservation = Duration.ofSeconds(20);
        public Duration webhookLimit = Duration.ofSeconds(10);
        public Duration startTimeout = Duration.ofSeconds(10);
        public Duration drainMaxWait = Duration.ofSeconds(10);
        public Duration summaryWait = Duration.ofSeconds(5);
        public int capacity = 500;
        public int others = 32;
        public @Nullable String operator;
        public @Nullable URI records;
        public boolean partials;
        public @Nullable RecordingSettings recordings;
    }

    public TestGateway(Path directory, Options options) throws Exception {
        Path key = Files.writeString(directory.resolve("key"), "0123456789abcdef0123456789abcdef");
        Path token = Files.writeString(directory.resolve("token"), "service-account-token\n");
        Path auth = Files.writeString(directory.resolve("auth"), AUTH_TOKEN);
        settings = new Settings(
                new BindingSettings(
                        "gateway-uid",
                        "gateway-test",
                        "",
                        options.offerDeadline,
                        options.offerDeadline.multipliedBy(10),
                        Duration.ofSeconds(10),
                        4,
                        options.others),
                new CallSettings(
                        options.mediaTimeout,
                        options.agentSilence,
                        options.openTimeout,
                        options.summaryWait,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5)),
                new TwilioSettings(
                        URI.create("https://voice.example.com"),
                        auth,
                        options.webhookLimit,
                        options.reservation,
                        options.startTimeout,
                        20),
                options.operator == null ? null : addressOf(options.operator),
                token,
                key,
                null,
                directory.resolve("data"),
                options.capacity,
                new InetSocketAddress("127.0.0.1", 0),
                options.drainMaxWait,
                options.records,
                options.partials,
                key,
                1_000,
                16,
                10_000,
                options.recordings);
        gateway = new Gateway(settings, vertx, registry);
        Router router = Router.router(vertx);
        gateway.install(router);
        HttpServerOptions http = new HttpServerOptions();
        Gateway.limit(http);
        publicServer = vertx.createHttpServer(http).requestHandler(router);
        publicServer
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        gateway.start();
    }

    private static InetSocketAddress addressOf(String address) {
        int colon = address.lastIndexOf(':');
        return InetSocketAddress.createUnresolved(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** What an operator tells of one pool and these agents. */
    public static Snapshot snapshot(List<FakeAgent> agents) {
        return Snapshot.newBuilder()
                .setVersion(1)
                .addPools(FakeWorld.pool())
                .addAllAgents(agents.stream().map(FakeAgent::address).toList())
                .build();
    }

    public Gateway gateway() {
        return gateway;
    }

    public SimpleMeterRegistry registry() {
        return registry;
    }

    /** A counter's value over all its tags. */
    public double count(String name, String... tags) {
        return registry.find("dialplane.gateway." + name).tags(tags).counters().stream()
                .mapToDouble(io.micrometer.core.instrument.Counter::count)
                .sum();
    }

    public int publicPort() {
        return publicServer.actualPort();
    }

    public Vertx carriers() {
        return carriers;
    }

    /** A caller on the development listener. */
    public FakeCarrier call(String callSid) throws Exception {
        return FakeCarrier.call(
                carriers,
                "ws://127.0.0.1:" + gateway.devPort() + "/twilio/default/receptionist",
                callSid,
                java.util.Map.of());
    }

    /** A caller on the development listener, in that format. */
    public FakeCarrier call(String callSid, FakeCarrier.Format format) throws Exception {
        return FakeCarrier.call(
                carriers,
                "ws://127.0.0.1:" + gateway.devPort() + "/twilio/default/receptionist",
                callSid,
                format,
                java.util.Map.of());
    }

    @Override
    public void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        gateway.close();
        publicServer.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        carriers.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
}
