package dev.dialplane.e2e.agents;

import dev.dialplane.contracts.agent.v1.AudioIn;
import dev.dialplane.contracts.agent.v1.AudioOut;
import dev.dialplane.contracts.agent.v1.OfferRequest;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Many agents behind one server. All of 127.0.0.0/8 is loopback on Linux: each agent has an address of its own, and the
 * server tells them apart by the local address of the connection. They take calls as real agents do; what they hear and say
 * is their {@link Voice}'s.
 */
public final class SimulatedAgents implements SimulatedAgent.Surroundings, AutoCloseable {
    /** What agents do with calls, all at once and from any thread. */
    public interface Voice {
        /** Hears and says nothing. */
        Voice NONE = new Voice() {};

        /** A call's stream is open. */
        default void opened(String callId, Consumer<AudioOut> mouth) {}

        /** A call's next frame. */
        default void heard(String callId, AudioIn frame) {}
    }

    private final Map<String, SimulatedAgent> byHost = new ConcurrentHashMap<>();
    private final Map<String, SimulatedAgent> holderOfCall = new ConcurrentHashMap<>();
    private final LongAdder doubleBindings = new LongAdder();
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final BiConsumer<SimulatedAgent, OfferRequest> onAccepted;
    private final Voice voice;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Server server;

    /**
     * Starts the agents.
     *
     * @param count at most 65,000
     * @param onAccepted called in the server's thread the moment an offer is accepted
     * @param voice what they hear and say
     */
    public SimulatedAgents(int count, BiConsumer<SimulatedAgent, OfferRequest> onAccepted, Voice voice)
            throws IOException {
        this.onAccepted = onAccepted;
        this.voice = voice;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", 0))
                .directExecutor()
                .intercept(new AgentService.ByLocalAddress(byHost::get))
                .addService(new AgentService())
                .build()
                .start();
        for (int i = 0; i < count; i++) {
            String host = "127.88.%d.%d".formatted(i / 250, i % 250 + 1);
            SimulatedAgent agent = new SimulatedAgent(
                    "sim-%05d".formatted(i), "uid-%05d".formatted(i), host + ":" + server.getPort(), this);
            byHost.put(host, agent);
            agents.add(agent);
        }
    }

    /** All of them, in the order of their numbers. */
    public List<SimulatedAgent> all() {
        return List.copyOf(agents);
    }

    /** How often an agent was found with two calls, or a call with two agents. */
    public long doubleBindings() {
        return doubleBindings.sum();
    }

    /** Calls held at this moment. */
    public int held() {
        return holderOfCall.size();
    }

    /**
     * Waits until so many agents are prepared and free.
     *
     * @throws IOException if that takes longer than {@code patience}
     */
    public void awaitIdle(int count, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (agents.stream().filter(SimulatedAgent::isIdle).count() < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("of %d agents %d are idle after %d s"
                        .formatted(
                                count,
                                agents.stream().filter(SimulatedAgent::isIdle).count(),
                                patience.toSeconds()));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void accepted(SimulatedAgent agent, OfferRequest offer) {
        onAccepted.accept(agent, offer);
    }

    @Override
    public ScheduledFuture<?> later(Runnable task, long milliseconds) {
        return clock.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
    }

    @Override
    public void opened(String callId, Consumer<AudioOut> mouth) {
        voice.opened(callId, mouth);
    }

    @Override
    public void heard(String callId, AudioIn frame) {
        voice.heard(callId, frame);
    }

    /** An offer that nobody took up may lie with another agent until it expires; a conversation may not. */
    @Override
    public void conversing(SimulatedAgent agent, String callId, boolean alone) {
        SimulatedAgent other = holderOfCall.put(callId, agent);
        if (!alone || (other != null && other != agent)) {
            doubleBindings.increment();
        }
    }

    @Override
    public void released(SimulatedAgent agent, String callId) {
        holderOfCall.remove(callId, agent);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
