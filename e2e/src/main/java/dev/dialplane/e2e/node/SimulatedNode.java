package dev.dialplane.e2e.node;

import dev.dialplane.e2e.agents.AgentService;
import dev.dialplane.e2e.agents.SimulatedAgent;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One node: a /24 of loopback addresses, one server that listens on the port of agents at each of them, and the agents.
 * Listening on all addresses at once would take the port from every other cluster on this machine.
 */
final class SimulatedNode {
    private static final String LOOPBACK = "127.0.0.1";

    private final String name;
    private final int port;
    private final Server server;
    private final Map<String, SimulatedAgent> byHost = new ConcurrentHashMap<>();
    private final Deque<String> free = new ArrayDeque<>();
    private volatile boolean lost;

    SimulatedNode(String name, int number, int port, AddressBlock addresses, EventLoopGroup loops) throws IOException {
        this.name = name;
        this.port = port;
        NettyServerBuilder builder = null;
        for (int slot = 0; slot < AddressBlock.SLOTS; slot++) {
            String host = addresses.address(number, slot);
            free.add(host);
            InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(host), port);
            builder = builder == null ? NettyServerBuilder.forAddress(at) : builder.addListenAddress(at);
        }
        if (builder == null) {
            throw new IllegalStateException("a node has addresses");
        }
        server = builder.bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelType(NioServerSocketChannel.class)
                .directExecutor()
                // A quiet connection of a gateway's is knocked on every now and then.
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new AgentService.ByLocalAddress(byHost::get))
                .addService(new AgentService())
                .build()
                .start();
    }

    String name() {
        return name;
    }

    String hostAddress() {
        return LOOPBACK;
    }

    boolean lost() {
        return lost;
    }

    /** How many pods it has room for. */
    synchronized int room() {
        return lost ? 0 : free.size();
    }

    /** An address for a pod; null if there is none left. */
    synchronized @Nullable String takeAddress() {
        // First in, first out: an address that was given back is used again as late as possible.
        return lost ? null : free.poll();
    }

    synchronized void giveBack(String host) {
        byHost.remove(host);
        free.add(host);
    }

    void serve(String host, SimulatedAgent agent) {
        byHost.put(host, agent);
    }

    int port() {
        return port;
    }

    List<SimulatedAgent> agents() {
        return new ArrayList<>(byHost.values());
    }

    /** The machine is gone with all that ran on it: sockets close, and nothing is told to the API server. */
    void lose() {
        lost = true;
        close();
        agents().forEach(SimulatedAgent::kill);
    }

    void close() {
        server.shutdownNow();
    }
}
