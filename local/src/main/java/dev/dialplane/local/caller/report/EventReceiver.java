package dev.dialplane.local.caller.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the CloudEvents of gateways over HTTP, on the loopback interface unless told otherwise, and gives each to the call that it is
 * about: the one by whose carrier's id it, or a former event of the same call, is named; the only one there is, if the
 * event names none.
 */
public final class EventReceiver implements AutoCloseable {
    private static final int MAX_ALIASES = 10_000;
    private static final int MAX_REFUSED_KEPT = 20;

    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, CallRecords> calls = new HashMap<>();
    /** Names that came together with a known call's, to the carrier's id of that call. */
    private final Map<String, String> aliases = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MAX_ALIASES;
        }
    };

    private final List<String> refused = new ArrayList<>();
    private long strays;

    /** A receiver on a free port. */
    public static EventReceiver open() throws IOException {
        return open(0);
    }

    /** A receiver on {@code port}. */
    public static EventReceiver open(int port) throws IOException {
        return new EventReceiver(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A receiver on a free port of an address. */
    public static EventReceiver open(InetAddress address) throws IOException {
        return new EventReceiver(new InetSocketAddress(address, 0));
    }

    private EventReceiver(InetSocketAddress address) throws IOException {
        server = HttpServer.create(address, 64);
        server.createContext("/", this::handle);
        server.setExecutor(executor);
        server.start();
    }

    /** Where gateways send their events. */
    public URI uri() {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/events");
    }

    /** Events named by {@code callSid} go to {@code records} from here on, until it is {@link #forget forgotten}. */
    public synchronized void expect(String callSid, CallRecords records) {
        calls.put(callSid, records);
    }

    /** Events of this call are strays from here on. */
    public synchronized void forget(String callSid) {
        calls.remove(callSid);
        aliases.values().removeIf(callSid::equals);
    }

    /** What was sent here and is no event of a call; the first 20. */
    public synchronized List<String> refused() {
        return List.copyOf(refused);
    }

    /** Events of calls that nobody here placed. */
    public synchronized long strays() {
        return strays;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("POST")) {
                answer(exchange, 405, "only POST is allowed\n");
                return;
            }
            byte[] body = exchange.getRequestBody().readNBytes(CallEvent.MAX_BYTES + 1);
            try {
                take(CallEvent.read(body));
                exchange.sendResponseHeaders(204, -1);
            } catch (CallEvent.MalformedException e) {
                refuse(String.valueOf(e.getMessage()));
                answer(exchange, 400, e.getMessage() + "\n");
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private synchronized void refuse(String what) {
        if (refused.size() < MAX_REFUSED_KEPT) {
            refused.add(what);
        }
    }

    void take(CallEvent event) {
        CallRecords records;
        synchronized (this) {
            String callSid = callSid(event);
            records = callSid == null ? null : calls.get(callSid);
            if (records == null) {
                strays++;
                return;
            }
        }
        records.take(event);
    }

    private @Nullable String callSid(CallEvent event) {
        for (String name : event.names()) {
            String callSid = calls.containsKey(name) ? name : aliases.get(name);
            if (callSid != null && calls.containsKey(callSid)) {
                event.names().forEach(other -> aliases.putIfAbsent(other, callSid));
                return callSid;
            }
        }
        return calls.size() == 1 ? calls.keySet().iterator().next() : null;
    }

    /** Stops listening. */
    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}
