package dev.dialplane.gateway.fake;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Twilio's side of one media socket: sends a frame every 20 ms, plays what it gets in real time, echoes marks once what
 * came before was played, and all of them at a clear.
 */
public final class FakeCarrier implements AutoCloseable {
    private final Format format;
    private final Vertx vertx;
    private final HttpClient client;
    private final WebSocket socket;
    private final Context context;
    private final String callSid;
    private final long ticker;
    private final Deque<Object> queue = new ArrayDeque<>();
    private long chunk;
    private long sequence = 1;
    private boolean paused;
    private int frameOffset;

    /** What the caller says: 0 is loud, 0xFF is silence. */
    public volatile int voice = 0xFF;
    /** Messages of the gateway's, with the time they came. */
    public final List<Message> received = new CopyOnWriteArrayList<>();
    /** Every frame as the ear got it: the first byte of what was played in each 20 ms, or -1 for nothing. */
    public final List<Integer> heard = new CopyOnWriteArrayList<>();
    /** Every frame as the caller said it, in step with {@link #heard}: its first byte, or -1 for none. */
    public final List<Integer> said = new CopyOnWriteArrayList<>();
    /** Done when the gateway closes. */
    public final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();

    /** What it says in place of the voice, a payload every 20 ms; null where it has none for now and time goes on. */
    public volatile @Nullable Supplier<byte @Nullable []> microphone;

    /**
     * What it says that its audio is.
     *
     * @param frameBytes of 20 ms as it plays them; 0 if every message is a frame, however long
     */
    public record Format(String encoding, int sampleRate, int channels, int frameBytes) {
        /** As Twilio's. */
        public static final Format MU_LAW = new Format("audio/x-mulaw", 8_000, 1, 160);

        public static final Format L16 = new Format("audio/l16", 16_000, 1, 640);
        public static final Format OPUS = new Format("audio/opus", 48_000, 1, 0);
    }

    /** One message. */
    public record Message(long nanos, String event, byte[] payload, String mark) {}

    private FakeCarrier(
            Vertx vertx,
            HttpClient client,
            WebSocket socket,
            String callSid,
            Format format,
            Map<String, String> parameters) {
        this.format = format;
        this.vertx = vertx;
        this.client = client;
        this.socket = socket;
        this.callSid = callSid;
        socket.textMessageHandler(this::message);
        socket.closeHandler(v -> closed.complete(null));
        socket.exceptionHandler(e -> {});
        send(new JsonObject().put("event", "connected").put("protocol", "Call").put("version", "1.0.0"));
        send(new JsonObject()
                .put("event", "start")
                .put("sequenceNumber", next())
                .put("streamSid", "MZ" + callSid)
                .put(
                        "start",
                        new JsonObject()
                                .put("accountSid", "AC1")
                                .put("streamSid", "MZ" + callSid)
                                .put("callSid", callSid)
                                .put("customParameters", new JsonObject(Map.copyOf(parameters)))
                                .put(
                                        "mediaFormat",
                                        new JsonObject()
                                                .put("encoding", format.encoding)
                                                .put("sampleRate", format.sampleRate)
                                                .put("channels", format.channels))));
        context = vertx.getOrCreateContext();
        ticker = vertx.setPeriodic(20, t -> tick());
    }

    /** Connects, and starts the stream. */
    public static FakeCarrier call(Vertx vertx, String url, String callSid, Map<String, String> headers)
            throws Exception {
        return call(vertx, url, callSid, Format.MU_LAW, headers);
    }

    /** Connects, and starts the stream in that format. */
    public static FakeCarrier call(Vertx vertx, String url, String callSid, Format format, Map<String, String> headers)
            throws Exception {
        HttpClient client =
                vertx.createHttpClient(new io.vertx.core.http.HttpClientOptions().setMaxWebSocketFrameSize(1 << 20));
        WebSocketConnectOptions options = new WebSocketConnectOptions().setAbsoluteURI(url);
        headers.forEach(options::addHeader);
        CompletableFuture<FakeCarrier> connected = new CompletableFuture<>();
        client.webSocket(options)
                .onSuccess(ws -> connected.complete(
                        new FakeCarrier(vertx, client, ws, callSid, format, Map.of("from", "+919812345678"))))
                .onFailure(e -> {
                    client.close();
                    connected.completeExceptionally(e);
                });
        return connected.get(10, TimeUnit.SECONDS);
    }

    private String next() {
        return String.valueOf(sequence++);
    }

    private void send(JsonObject message) {
        if (!socket.isClosed()) {
            socket.writeTextMessage(message.encode());
        }
    }

    /** Sends any text, in one frame. */
    public void sendRaw(String text) {
        socket.writeFinalTextFrame(text);
    }

    /** Sends any text in pieces, from the thread that sends all else: a message between two of them would end the line. */
    public void sendInPieces(String text, int size) {
        context.runOnContext(_ -> {
            for (int i = 0; i < text.length(); i += size) {
                boolean last = i + size >= text.length();
                String piece = text.substring(i, Math.min(text.length(), i + size));
                socket.writeFrame(
                        i == 0
                                ? io.vertx.core.http.WebSocketFrame.textFrame(piece, last)
                                : io.vertx.core.http.WebSocketFrame.continuationFrame(
                                        io.vertx.core.buffer.Buffer.buffer(piece), last));
            }
        });
    }

    public WebSocket socket() {
        return socket;
    }

    private void tick() {
        Supplier<byte @Nullable []> own = microphone;
        int value = voice;
        byte[] frame = new byte[160];
        Arrays.fill(frame, (byte) value);
        byte[] spoken = own == null ? frame : own.get();
        if (!paused) {
            chunk++;
        }
        if (!paused && spoken != null) {
            said.add(value);
            send(new JsonObject()
                    .put("event", "media")
                    .put("sequenceNumber", next())
                    .put("streamSid", "MZ" + callSid)
                    .put(
                            "media",
                            new JsonObject()
                                    .put("track", "inbound")
                                    .put("chunk", String.valueOf(chunk))
                                    .put("timestamp", String.valueOf(chunk * 20 - 15))
                                    .put("payload", Base64.getEncoder().encodeToString(spoken))));
        } else {
            said.add(-1);
        }
        play();
    }

    private void play() {
        int wanted = format.frameBytes == 0 ? 1 : format.frameBytes;
        int first = -1;
        while (!queue.isEmpty()) {
            Object head = queue.peekFirst();
            if (head instanceof String mark) {
                queue.removeFirst();
                echo(mark);
            } else if (wanted == 0) {
                break;
            } else {
                byte[] audio = (byte[]) head;
                if (first < 0) {
                    first = audio[frameOffset] & 0xFF;
                }
                int n = format.frameBytes == 0 ? audio.length : Math.min(wanted, audio.length - frameOffset);
                wanted = Math.max(0, wanted - n);
                frameOffset += n;
                if (frameOffset == audio.length) {
                    queue.removeFirst();
                    frameOffset = 0;
                }
            }
        }
        heard.add(first);
    }

    private void echo(String mark) {
        send(new JsonObject()
                .put("event", "mark")
                .put("sequenceNumber", next())
                .put("streamSid", "MZ" + callSid)
                .put("mark", new JsonObject().put("name", mark)));
    }

    private void message(String text) {
        long now = System.nanoTime();
        JsonObject message = new JsonObject(text);
        String event = message.getString("event");
        switch (event) {
            case "media" -> {
                byte[] audio = Base64.getDecoder()
                        .decode(message.getJsonObject("media").getString("payload"));
                received.add(new Message(now, event, audio, ""));
                queue.add(audio);
            }
            case "mark" -> {
                String name = message.getJsonObject("mark").getString("name");
                received.add(new Message(now, event, new byte[0], name));
                if (queue.isEmpty()) {
                    echo(name);
                } else {
                    queue.add(name);
                }
            }
            case "clear" -> {
                received.add(new Message(now, event, new byte[0], ""));
                List<Object> dropped = List.copyOf(queue);
                queue.clear();
                frameOffset = 0;
                dropped.stream().filter(String.class::isInstance).forEach(m -> echo((String) m));
            }
            default -> received.add(new Message(now, event, new byte[0], ""));
        }
    }

    /** Stops sending frames, while time goes on. */
    public void pause() {
        paused = true;
    }

    public void resume() {
        paused = false;
    }

    public void dtmf(String digit) {
        send(new JsonObject()
                .put("event", "dtmf")
                .put("sequenceNumber", next())
                .put("dtmf", new JsonObject().put("track", "inbound_track").put("digit", digit)));
    }

    /** The caller hangs up. */
    public void stop() {
        send(new JsonObject()
                .put("event", "stop")
                .put("sequenceNumber", next())
                .put("stop", new JsonObject().put("accountSid", "AC1").put("callSid", callSid)));
        close();
    }

    public long count(String event) {
        return received.stream().filter(m -> m.event.equals(event)).count();
    }

    @Override
    public void close() {
        vertx.cancelTimer(ticker);
        socket.close();
        client.close();
    }
}
