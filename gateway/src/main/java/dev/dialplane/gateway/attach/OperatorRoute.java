package dev.dialplane.gateway.attach;

import dev.dialplane.gateway.loop.SerialLoop;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to the operator that leads. Its name may have several addresses (a headless Service), of which only the leader's
 * attaches gateways; or one that stands for several (a Service with an address of its own), which picks anew for every
 * connection. So every attempt has a connection of its own, to the next address.
 *
 * <p>All state belongs to the control loop.
 */
public final class OperatorRoute {

    static {
        // Java keeps what a name stood for 30 s, as long as a new operator's address would be unknown.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
    }

    private final InetSocketAddress name;
    private final Function<InetSocketAddress, ManagedChannel> open;
    private final SerialLoop loop;
    private final Deque<InetAddress> untried = new ArrayDeque<>();
    private @Nullable InetAddress last;

    /**
     * A way to where a name leads.
     *
     * @param name host and port, unresolved
     * @param open opens a connection
     * @param loop the control loop
     */
    public OperatorRoute(InetSocketAddress name, Function<InetSocketAddress, ManagedChannel> open, SerialLoop loop) {
        this.name = name;
        this.open = open;
        this.loop = loop;
    }

    /** Opens a connection to the next address; looks the name up when all were tried. */
    CompletableFuture<ManagedChannel> next() {
        if (moreToTry()) {
            return CompletableFuture.completedFuture(connect());
        }
        return CompletableFuture.supplyAsync(
                        this::lookUp,
                        task -> Thread.ofVirtual().name("operator-lookup").start(task))
                .thenApplyAsync(
                        found -> {
                            untried.clear();
                            untried.addAll(order(found, last));
                            return connect();
                        },
                        loop);
    }

    /** Whether an address is left that was not tried since the name was looked up. */
    boolean moreToTry() {
        return !untried.isEmpty();
    }

    /** The order in which addresses are tried: the one that was tried last comes last. */
    static <A> List<A> order(Collection<A> found, @Nullable A last) {
        Deque<A> order = new ArrayDeque<>(found);
        if (last != null && order.remove(last)) {
            order.addLast(last);
        }
        return List.copyOf(order);
    }

    private ManagedChannel connect() {
        last = untried.removeFirst();
        return open.apply(new InetSocketAddress(last, name.getPort()));
    }

    private List<InetAddress> lookUp() {
        try {
            return Arrays.asList(InetAddress.getAllByName(name.getHostString()));
        } catch (UnknownHostException e) {
            throw new CompletionException(name.getHostString() + " has no address", e);
        }
    }
}
