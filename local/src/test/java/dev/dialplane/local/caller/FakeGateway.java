package dev.dialplane.local.caller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server that a carrier can call: webhooks with canned answers, and media sockets (RFC 6455, no more of it than a test
 * needs) whose other side the test plays.
 */
final class FakeGateway implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    /** What the test does with a media socket. */
    interface Side {
        /** A message came in. */
        void message(Stream stream, JsonNode message, long nanos) throws IOException;
    }

    /** One request for TwiML. */
    record Asked(String path, String form, Map<String, String> headers) {}

    private final ServerSocket server;
    private final Function<Asked, String> webhook;
    private final Side side;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final List<Map<String, String>> upgrades = new CopyOnWriteArrayList<>();

    FakeGateway(Function<Asked, String> webhook, Side side) throws IOException {
        this.webhook = webhook;
        this.side = side;
        server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        threads.add(Thread.ofVirtual().start(this::accept));
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                threads.add(Thread.ofVirtual().start(() -> serve(socket)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (String request = line(in); request != null; request = line(in)) {
                Map<String, String> headers = new LinkedHashMap<>();
                for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
                    int colon = header.indexOf(':');
                    headers.put(
                            header.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                            header.substring(colon + 1).strip());
                }
                String path = request.split(" ")[1];
                if (headers.containsKey("sec-websocket-key")) {
                    upgrades.add(headers);
                    new Stream(socket.getOutputStream(), headers.get("sec-websocket-key")).read(in);
                    return;
                }
                int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
                String form = new String(in.readNBytes(length), StandardCharsets.UTF_8);
                Asked each = new Asked(path, form, headers);
                asked.add(each);
                byte[] body = webhook.apply(each).getBytes(StandardCharsets.UTF_8);
                OutputStream out = socket.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
            }
        } catch (IOException | UncheckedIOException e) {
            // The other side is gone: so is this one.
        }
    }

    private static @Nullable String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** A media socket. */
    final class Stream {
        private final OutputStream out;
        final List<JsonNode> messages = new ArrayList<>();
        String sid = "";
        private boolean closed;

        Stream(OutputStream out, String key) throws IOException {
            this.out = out;
            try {
                byte[] hash = MessageDigest.getInstance("SHA-1")
                        .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
                out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }

        void read(DataInputStream in) throws IOException {
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0F;
                int size = in.readUnsignedByte() & 0x7F;
                if (size == 126) {
                    size = in.readUnsignedShort();
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes(size);
                long now = System.nanoTime();
                for (int i = 0; i < payload.length; i++) {
                    payload[i] ^= mask[i % 4];
                }
                if (opcode == 8) {
                    close();
                    return;
                }
                if (opcode == 1) {
                    JsonNode message = JSON.readTree(payload);
                    synchronized (messages) {
                        messages.add(message);
                    }
                    if (message.path("event").asText().equals("start")) {
                        sid = message.path("streamSid").asText();
                    }
                    side.message(this, message, now);
                }
            }
        }

        /** The messages of one kind so far. */
        List<JsonNode> of(String event) {
            synchronized (messages) {
                return messages.stream()
                        .filter(message -> message.path("event").asText().equals(event))
                        .toList();
            }
        }

        void media(byte[] muLaw) {
            text("{\"event\":\"media\",\"streamSid\":\"" + sid + "\",\"media\":{\"payload\":\""
                    + Base64.getEncoder().encodeToString(muLaw) + "\"}}");
        }

        void mark(String name) {
            text("{\"event\":\"mark\",\"streamSid\":\"" + sid + "\",\"mark\":{\"name\":\"" + name + "\"}}");
        }

        void clear() {
            text("{\"event\":\"clear\",\"streamSid\":\"" + sid + "\"}");
        }

        void text(String text) {
            frame(1, text.getBytes(StandardCharsets.UTF_8));
        }

        synchronized void close() {
            if (!closed) {
                frame(8, new byte[] {3, (byte) 0xE8});
                closed = true;
            }
        }

        private synchronized void frame(int opcode, byte[] payload) {
            if (closed) {
                return;
            }
            try {
                out.write(0x80 | opcode);
                if (payload.length < 126) {
                    out.write(payload.length);
                } else if (payload.length < 65_536) {
                    out.write(126);
                    out.write(payload.length >> 8);
                    out.write(payload.length);
                } else {
                    out.write(127);
                    out.write(java.nio.ByteBuffer.allocate(8)
                            .putLong(payload.length)
                            .array());
                }
                out.write(payload);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
