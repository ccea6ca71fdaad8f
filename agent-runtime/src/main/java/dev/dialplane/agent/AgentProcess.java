package dev.dialplane.agent;

import dev.dialplane.agent.health.HealthService;
import dev.dialplane.agent.inference.Models;
import dev.dialplane.agent.life.State;
import dev.dialplane.agent.loop.EventLoop;
import dev.dialplane.agent.service.Agent;
import dev.dialplane.agent.service.AgentService;
import dev.dialplane.agent.service.GatewaysOnly;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsFiles;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An agent with its loop, its server and its channel to inference. */
final class AgentProcess {
    /** Prepared phrases of a pool: a minute of 22 kHz audio is 2.6 MB. */
    private static final int MOST_MESSAGE_BYTES = 16 << 20;

    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final EventLoop loop = new EventLoop("call");
    private final CountDownLatch over = new CountDownLatch(1);
    private final ManagedChannel channel;
    private final Agent agent;
    private final Server server;
    private final @Nullable Server health;
    private final @Nullable TlsFiles tls;
    private volatile int status;

    /** Starts it. {@code exit} is told once how and why the agent ended. */
    AgentProcess(Settings settings, Consumer<State.Gone> exit) throws IOException {
        tls = settings.tls() == null ? null : TlsFiles.of(settings.tls());
        channel = toInference(settings, tls)
                .executor(loop)
                .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                .build();
        agent = new Agent(loop, new Models(channel), settings.podUid(), settings.revision(), gone -> {
            status = gone.status();
            over.countDown();
            exit.accept(gone);
        });
        loop.execute(() -> loop.onFailure(_ -> agent.taskFailed()));
        server = serve(
                settings.address(),
                settings.port(),
                tls == null
                        ? InsecureServerCredentials.create()
                        : tls.identity().server(),
                tls == null
                        ? new AgentService(agent).bindService()
                        : ServerInterceptors.intercept(new AgentService(agent), new GatewaysOnly()),
                HealthService.definition());
        health = tls == null
                ? null
                : serve(
                        settings.address(),
                        settings.healthPort(),
                        InsecureServerCredentials.create(),
                        HealthService.definition());
        Thread.ofPlatform().name("watchdog").daemon().start(this::watch);
    }

    private static OkHttpChannelBuilder toInference(Settings settings, @Nullable TlsFiles tls) {
        String host = settings.inferenceHost();
        int port = settings.inferencePort();
        return tls == null
                ? OkHttpChannelBuilder.forAddress(host, port).usePlaintext()
                : OkHttpChannelBuilder.forAddress(host, port, tls.identity().okHttpClient())
                        .overrideAuthority(PeerName.INFERENCE);
    }

    private Server serve(String address, int port, ServerCredentials credentials, ServerServiceDefinition... services)
            throws IOException {
        return OkHttpServerBuilder.forPort(new InetSocketAddress(address, port), credentials)
                .executor(loop)
                .addServices(List.of(services))
                // Gateways keep their connections alive while nothing is said.
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    /** Tells the agent to end, waits until its call is over and returns the status to exit with. */
    int terminate() throws InterruptedException {
        if (over.getCount() > 0) {
            loop.execute(agent::terminate);
        }
        over.await();
        return status;
    }

    void close() {
        server.shutdownNow();
        if (health != null) {
            health.shutdownNow();
        }
        channel.shutdownNow();
        if (tls != null) {
            tls.close();
        }
        loop.stop();
    }

    /**
     * Ends a process whose loop does not come round. A pause of the whole machine does not count: the watchdog slept
     * through it, too.
     */
    private void watch() {
        long stalled = 0;
        long last = loop.turns();
        while (over.getCount() > 0) {
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                return;
            }
            long now = loop.turns();
            stalled = now == last && !loop.waiting() ? stalled + 1_000_000_000L : 0;
            last = now;
            if (stalled >= STALLED_NANOS) {
                System.out.println("the loop has stalled, gives up; it is " + loop.whereabouts());
                Runtime.getRuntime().halt(dev.dialplane.agent.life.Life.OVERDUE);
            }
        }
    }
}
