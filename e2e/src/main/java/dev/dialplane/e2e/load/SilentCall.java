package dev.dialplane.e2e.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One call on a Twilio media stream without audio: connected, start, and stop at its end. */
final class SilentCall implements WebSocket.Listener {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final String CONNECTED = "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}";

    private final String callSid;
    private final Runnable onEnd;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicBoolean byCaller = new AtomicBoolean();

    private SilentCall(String callSid, Runnable onEnd) {
        this.callSid = callSid;
        this.onEnd = onEnd;
    }

    /**
     * Opens the line.
     *
     * @param parameter the name of a custom parameter whose value is the call's id
     * @param onEnd run once when the line is down, whoever ended it; not if it never was up
     * @return the line once the start message is sent
     */
    static CompletableFuture<Line> open(
            HttpClient http, URI socket, String accountSid, String callSid, String parameter, Runnable onEnd) {
        SilentCall call = new SilentCall(callSid, onEnd);
        String stream = "MZ" + callSid.substring(2);
        String start = """
                {"event":"start","sequenceNumber":"1","streamSid":"%s","start":{"accountSid":"%s","streamSid":"%s",\
                "callSid":"%s","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,\
                "channels":1},"customParameters":{"%s":"%s"}}}""".formatted(stream, accountSid, stream, callSid, parameter, callSid);
        return http.newWebSocketBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(socket, call)
                .thenCompose(open -> open.sendText(CONNECTED, true)
                        .thenCompose(sent -> sent.sendText(start, true))
                        .thenApply(sent -> call.new Line(sent, stream, accountSid)));
    }

    /** The caller's end of an open line. */
    final class Line {
        private final WebSocket socket;
        private final String stream;
        private final String accountSid;

        Line(WebSocket socket, String stream, String accountSid) {
            this.socket = socket;
            this.stream = stream;
            this.accountSid = accountSid;
        }

        /** The caller hangs up. */
        void hangUp() {
            if (over.get()) {
                return;
            }
            byCaller.set(true);
            String stop = """
                    {"event":"stop","sequenceNumber":"2","streamSid":"%s","stop":{"accountSid":"%s","callSid":"%s"}}""".formatted(stream, accountSid, callSid);
            var unused = socket.sendText(stop, true)
                    .thenCompose(sent -> sent.sendClose(WebSocket.NORMAL_CLOSURE, ""))
                    // A socket whose server was killed may neither fail nor ever send.
                    .orTimeout(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .whenComplete((_, _) -> end());
        }

        /** Whether it is down. */
        boolean isOver() {
            return over.get();
        }

        /** Whether it was the caller who ended it. */
        boolean byCaller() {
            return byCaller.get();
        }

        /** Drops what is left of the connection. */
        void abort() {
            socket.abort();
        }
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            onEnd.run();
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        end();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        end();
    }
}
