package dev.dialplane.gateway;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's part of the development listener. Like the public one it has a part for each loop, all on one port, and
 * connections go to them in turn: with one for all, every call's audio would be on one thread.
 */
final class DevelopmentServer extends AbstractVerticle {
    private final Router router;
    private final String host;
    private final int port;
    private @Nullable HttpServer server;

    private DevelopmentServer(Router router, String host, int port) {
        this.router = router;
        this.host = host;
        this.port = port;
    }

    /** Opens it at an address, whose port may be 0 for any; gives the port. It is closed with {@code vertx}. */
    static Future<Integer> open(Vertx vertx, InetSocketAddress address, Router router) {
        String host = address.getAddress().getHostAddress();
        DevelopmentServer first = new DevelopmentServer(router, host, address.getPort());
        DeploymentOptions others = new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE - 1);
        return vertx.deployVerticle(first)
                .compose(_ -> vertx.deployVerticle(() -> new DevelopmentServer(router, host, first.port()), others))
                .map(_ -> first.port());
    }

    private int port() {
        return Objects.requireNonNull(server).actualPort();
    }

    @Override
    public void start(Promise<Void> started) {
        HttpServerOptions options = new HttpServerOptions();
        Gateway.limit(options);
        server = vertx.createHttpServer(options).requestHandler(router);
        server.listen(port, host).<Void>mapEmpty().onComplete(started);
    }
}
