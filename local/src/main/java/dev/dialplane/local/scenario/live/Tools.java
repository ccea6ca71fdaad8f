package dev.dialplane.local.scenario.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dialplane.local.scenario.Scenario;
import dev.dialplane.local.scenario.Scenario.Agent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The HTTP tools of a scenario, on this machine's loopback: each answers an empty object, after the time that it takes. */
final class Tools implements AutoCloseable {
    private static final byte[] ANSWER = "{}".getBytes(StandardCharsets.US_ASCII);

    private final HttpServer server;

    private Tools(HttpServer server) {
        this.server = server;
    }

    static Tools of(Scenario scenario) throws IOException {
        Map<String, Integer> takes = new HashMap<>();
        scenario.steps().forEach(step -> {
            if (step instanceof Agent agent && agent.tool() != null) {
                takes.put(agent.tool(), agent.toolTakes());
            }
        });
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        takes.forEach((name, millis) -> {
            Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
            server.createContext("/" + name, exchange -> later.execute(() -> answer(exchange)));
        });
        server.start();
        return new Tools(server);
    }

    private static void answer(HttpExchange exchange) {
        try (exchange) {
            exchange.getRequestBody()
                    .skipNBytes(Math.max(0, exchange.getRequestBody().available()));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
        } catch (IOException e) {
            // Who asked is gone.
        }
    }

    String host() {
        return server.getAddress().getAddress().getHostAddress();
    }

    String url(String name) {
        return "http://" + host() + ":" + server.getAddress().getPort() + "/" + name;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
