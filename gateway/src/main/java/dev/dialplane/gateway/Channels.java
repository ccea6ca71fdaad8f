package dev.dialplane.gateway;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Opens channels on the same event loops that carriers' sockets use, without threads of their own. */
final class Channels {
    private static final int MAX_MESSAGE = 4 << 20;

    /** A node that is gone does not refuse; the next address may answer. */
    private static final int CONNECT_MS = 2_000;

    private final EventLoopGroup loops;

    Channels(Vertx vertx) {
        loops = vertx.nettyEventLoopGroup();
    }

    /** A channel to host:port. Callbacks run on its event loop, and never block. */
    ManagedChannel open(String address) {
        int colon = address.lastIndexOf(':');
        return builder(new InetSocketAddress(
                        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))))
                .build();
    }

    /** A channel that is knocked on while it is quiet, so that a peer that vanished is noticed. */
    ManagedChannel openKept(InetSocketAddress address) {
        return builder(address)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .build();
    }

    private NettyChannelBuilder builder(InetSocketAddress address) {
        return NettyChannelBuilder.forAddress(address)
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class, InetSocketAddress.class)
                .directExecutor()
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE);
    }
}
