package dev.dialplane.gateway;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Verticle;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of the development listener. Like the public one it has a part for each loop, all on one port, and
 * connections go to them in turn: with one for all, every call's audio would be on one thread.
 */
final class DevelopmentServer extends AbstractVerticle {
    /** A free port which all instances share, as Vert.x documents it for negative ones; with 0, each would have its own. */
    private static final int ONE_FOR_ALL = -1;

    private final Router router;
    private final String host;
    private final int port;
    private @Nullable HttpServer server;

    private DevelopmentServer(Router router, String host, int port) {
        this.router = router;
        this.host = host;
        this.port = port;
    }

    /** Opens it at an address, whose port may be 0 for any; gives the first of its parts. */
    static Future<DevelopmentServer> open(Vertx vertx, InetSocketAddress address, Router router) {
        String host = address.getAddress().getHostAddress();
        int port = address.getPort() == 0 ? ONE_FOR_ALL : address.getPort();
        List<DevelopmentServer> servers = new ArrayList<>();
        Supplier<Verticle> next = () -> {
            servers.add(new DevelopmentServer(router, host, port));
            return servers.getLast();
        };
        int loops = 0;
        for (EventExecutor _ : vertx.nettyEventLoopGroup()) {
            loops++;
        }
        return vertx.deployVerticle(next, new DeploymentOptions().setInstances(loops))
                .map(_ -> servers.getFirst());
    }

    /** Where all parts listen. */
    int port() {
        return Objects.requireNonNull(server).actualPort();
    }

    /** Closes all parts, and the sockets that they have accepted. */
    Future<Void> close() {
        return vertx.undeploy(deploymentID());
    }

    @Override
    public void start(Promise<Void> started) {
        HttpServerOptions options = new HttpServerOptions();
        Gateway.limit(options);
        server = vertx.createHttpServer(options).requestHandler(router);
        server.listen(port, host).<Void>mapEmpty().onComplete(started);
    }
}
