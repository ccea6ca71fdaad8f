package dev.dialplane.gateway.phone;

import dev.dialplane.contracts.control.v1.Demand;
import dev.dialplane.gateway.binding.Binder;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The page, what it is made of, and what it asks: which pools there are, and what is recorded of its call. The call itself
 * goes over the media socket, in the dialect of a carrier's.
 */
public final class PhoneRoutes {
    private static final Map<String, String> FILES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "phone.css", "text/css; charset=utf-8",
            "phone.js", "text/javascript; charset=utf-8",
            "line.js", "text/javascript; charset=utf-8",
            "codecs.js", "text/javascript; charset=utf-8",
            "opus.js", "text/javascript; charset=utf-8",
            "microphone.js", "text/javascript; charset=utf-8");
    /** As the page makes them; Twilio's have the same form. */
    private static final Pattern CALL = Pattern.compile("CA[0-9a-f]{32}");

    private static final int MOST_WATCHERS = 32;

    private final Vertx vertx;
    private final Binder binder;
    private final WatchedRecords records;

    /** Routes for the pools that the binder knows. */
    public PhoneRoutes(Vertx vertx, Binder binder, WatchedRecords records) {
        this.vertx = vertx;
        this.binder = binder;
        this.records = records;
    }

    /** Adds the routes; to a loopback listener only. */
    public void install(Router router) {
        router.get("/").handler(ctx -> ctx.redirect("/phone/"));
        // The page names its files beside itself. A route without a slash at its end takes a path with one, too.
        router.get("/phone").handler(ctx -> {
            if (ctx.request().path().endsWith("/")) {
                file(ctx, "index.html");
            } else {
                ctx.redirect("/phone/");
            }
        });
        router.get("/phone/pools").handler(this::pools);
        router.get("/phone/calls/:call").handler(this::watch);
        router.get("/phone/:file").handler(ctx -> file(ctx, ctx.pathParam("file")));
    }

    private static void file(RoutingContext ctx, String name) {
        String type = FILES.get(name);
        if (type == null) {
            ctx.fail(404);
            return;
        }
        ctx.response()
                .putHeader("Content-Type", type)
                .putHeader(
                        "Content-Security-Policy",
                        "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'")
                .putHeader("Permissions-Policy", "microphone=(self)")
                .end(resource(name));
    }

    private static Buffer resource(String name) {
        try (InputStream in = PhoneRoutes.class.getResourceAsStream("/phone/" + name)) {
            if (in == null) {
                throw new IllegalStateException("/phone/" + name + " is missing");
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pools(RoutingContext ctx) {
        Context home = vertx.getOrCreateContext();
        binder.demands()
                .thenAccept(demands -> home.runOnContext(_ -> {
                    JsonArray names = new JsonArray();
                    demands.stream()
                            .map(Demand::getPool)
                            .map(pool -> pool.getNamespace() + "/" + pool.getName())
                            .sorted()
                            .forEach(names::add);
                    ctx.response().putHeader("Content-Type", "application/json").end(names.toBuffer());
                }));
    }

    /** Server-sent events, one for each record; what a reader does not take in time is dropped. */
    private void watch(RoutingContext ctx) {
        String call = ctx.pathParam("call");
        if (!CALL.matcher(call).matches() || records.watchers() >= MOST_WATCHERS) {
            ctx.fail(400);
            return;
        }
        HttpServerResponse response = ctx.response();
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream")
                .putHeader("Cache-Control", "no-store")
                .write(": watching\n\n");
        Context home = vertx.getOrCreateContext();
        Runnable end = records.watch(
                call,
                (type, data) -> home.runOnContext(_ -> {
                    if (!response.ended() && !response.closed() && !response.writeQueueFull()) {
                        response.write("event: " + type + "\ndata: " + data.replace("\n", " ") + "\n\n");
                    }
                }));
        response.closeHandler(_ -> end.run());
    }
}
