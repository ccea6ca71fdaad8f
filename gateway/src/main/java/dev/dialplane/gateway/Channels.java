package dev.dialplane.gateway;

import dev.dialplane.contracts.common.v1.PoolRef;
import dev.dialplane.contracts.control.v1.AgentAddress;
import dev.dialplane.contracts.tls.PeerName;
import dev.dialplane.contracts.tls.TlsIdentity;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Opens channels on the same event loops that carriers' sockets use, without threads of their own. */
final class Channels {
    private static final int MAX_MESSAGE = 4 << 20;

    /** A node that is gone does not refuse; the next address may answer. */
    private static final int CONNECT_MS = 2_000;

    /** All there are; a channel has one of them, in turn. gRPC would take two turns for each: of two loops, one would get all. */
    private final List<EventLoop> loops = new ArrayList<>();

    private final AtomicInteger opened = new AtomicInteger();
    private final ChannelCredentials credentials;
    private final boolean named;

    /** Channels with these certificates; without, nothing is encrypted. */
    Channels(Vertx vertx, @Nullable TlsIdentity identity) {
        vertx.nettyEventLoopGroup().forEach(loop -> loops.add((EventLoop) loop));
        credentials = identity == null ? InsecureChannelCredentials.create() : identity.nettyClient();
        named = identity != null;
    }

    /** A channel to an agent. Callbacks run on its event loop, and never block. */
    ManagedChannel toAgent(AgentAddress agent) {
        String address = agent.getAddress();
        int colon = address.lastIndexOf(':');
        PoolRef pool = agent.getPool();
        return builder(
                        new InetSocketAddress(
                                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                        PeerName.agentsOf(pool.getNamespace(), pool.getName()))
                .build();
    }

    /** A channel to an operator, knocked on while it is quiet, so that one that vanished is noticed. */
    ManagedChannel toOperator(InetSocketAddress address) {
        return builder(address, PeerName.OPERATOR)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .build();
    }

    private NettyChannelBuilder builder(InetSocketAddress address, String peer) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address, credentials)
                .eventLoopGroup(loops.get(Math.floorMod(opened.getAndIncrement(), loops.size())))
                .channelType(NioSocketChannel.class, InetSocketAddress.class)
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE);
        return named ? builder.overrideAuthority(peer) : builder;
    }
}
