package dev.dialplane.inference.openai;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A chat server on the loopback that does to each request what it is told, byte by byte. */
final class OddServer implements AutoCloseable {
    /** What it does to a request; when it returns, the connection is closed unless {@code stay} was written. */
    @FunctionalInterface
    interface Behaviour {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Behaviour> behaviours = new LinkedBlockingQueue<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();
    final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    /** Connections that the client closed while the server had not. */
    final AtomicInteger hungUp = new AtomicInteger();

    OddServer() throws IOException {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket next = socket.accept();
                    connections.incrementAndGet();
                    open.add(next);
                    Thread.ofVirtual().start(() -> serve(next));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1");
    }

    /** The next request gets this. */
    void next(Behaviour behaviour) {
        behaviours.add(behaviour);
    }

    /** The next request gets a status and no more. */
    void nextStatus(int status) {
        next(out -> out.write(
                ("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
    }

    /** The next request gets these events, each in a chunk of its own, and a proper end. */
    void nextEvents(String... events) {
        next(out -> {
            begin(out);
            for (String event : events) {
                event(out, event);
            }
            end(out);
        });
    }

    static void begin(OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    static void event(OutputStream out, String data) throws IOException {
        raw(out, "data: " + data + "\n\n");
    }

    static void raw(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    static void end(OutputStream out) throws IOException {
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    static String text(String content) {
        return "{\"choices\":[{\"delta\":{\"content\":\"" + content + "\"}}]}";
    }

    static String stop() {
        return "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}";
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            String line = in.readLine();
            while (line != null) {
                Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
                for (line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                    fields.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
                }
                char[] body = new char[Integer.parseInt(fields.getOrDefault("Content-Length", "0"))];
                for (int read = 0; read < body.length; ) {
                    read += in.read(body, read, body.length - read);
                }
                headers.add(fields);
                bodies.add(new String(body));
                Behaviour behaviour = behaviours.take();
                behaviour.answer(client.getOutputStream());
                line = in.readLine();
            }
            hungUp.incrementAndGet();
        } catch (IOException e) {
            hungUp.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
