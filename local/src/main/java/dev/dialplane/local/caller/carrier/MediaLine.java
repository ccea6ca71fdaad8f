package dev.dialplane.local.caller.carrier;

import dev.dialplane.audio.G711;
import dev.dialplane.audio.Level;
import dev.dialplane.local.caller.speech.Mouth;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One bidirectional Twilio media stream, from the carrier's side.
 *
 * <p>The caller's frame {@code k} covers media time [20k, 20k + 20) ms and is sent at 20(k + 1) ms after the start
 * message, whatever came late before, unless the line has an {@link Impairment}. What the server sends goes through a {@link PlayBuffer} at the same pace, and is
 * recorded as the ear gets it.
 */
public final class MediaLine implements AutoCloseable {
    /** One frame. */
    public static final long FRAME_NANOS = 20_000_000;

    private static final long LATE_NANOS = 10_000_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int REHEARSED_FRAMES = 200;
    private static final int MAX_MALFORMED_KEPT = 20;

    private final MediaClock clock;
    private final LineObserver observer;
    private final String accountSid;
    private final String callSid;
    private final ClientMessages messages;
    private final Mouth mouth;
    private final long frameNanos;
    private final Impairment.Way way;
    private final CompletableFuture<LineEnd> ended = new CompletableFuture<>();
    private final String streamSid;
    private final byte[] frame = new byte[PlayBuffer.FRAME];
    private final byte[] played = new byte[PlayBuffer.FRAME];
    private final short[] linear = new short[PlayBuffer.FRAME];

    // All that follows is guarded by this.
    private final PlayBuffer buffer = new PlayBuffer();
    private final Tape spoken = new Tape();
    private final Tape heard = new Tape();
    private final List<LineLog.Arrival> arrivals = new ArrayList<>();
    private final List<Long> clears = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();
    private @Nullable Outbox outbox;
    private long startNanos;
    private long framesSent;
    private long framesLate;
    private long latestFrameNanos;
    private boolean hungUp;

    private MediaLine(MediaClock clock, CallIds ids, Mouth mouth, LineObserver observer, Impairment impairment) {
        this.clock = clock;
        frameNanos = impairment.frameNanos();
        way = impairment.way();
        this.observer = observer;
        this.mouth = mouth;
        accountSid = ids.accountSid();
        callSid = ids.callSid();
        streamSid = CallIds.random("MZ");
        messages = new ClientMessages(streamSid);
    }

    /**
     * Opens the socket, says connected and start, and begins to send.
     *
     * @param headers of the upgrade request
     * @param parameters the stream's custom parameters
     * @param impairment what is wrong with the line
     * @return the line; fails with the reason if the server does not take the socket
     */
    public static CompletableFuture<MediaLine> open(
            HttpClient http,
            MediaClock clock,
            URI uri,
            Map<String, String> headers,
            CallIds ids,
            Map<String, String> parameters,
            Mouth mouth,
            LineObserver observer,
            Impairment impairment) {
        MediaLine line = new MediaLine(clock, ids, mouth, observer, impairment);
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT);
        headers.forEach(builder::header);
        return builder.buildAsync(uri, line.new Socket()).thenApply(socket -> {
            line.start(socket, parameters);
            return line;
        });
    }

    /** Has the classes of a call loaded and its code warm before the first frame is due; sends nothing. */
    static void rehearse() {
        ClientMessages messages = new ClientMessages("MZ");
        PlayBuffer buffer = new PlayBuffer();
        Mouth mouth = new Mouth(0);
        byte[] frame = new byte[PlayBuffer.FRAME];
        short[] linear = new short[PlayBuffer.FRAME];
        for (int i = 0; i < REHEARSED_FRAMES; i++) {
            mouth.next(frame);
            buffer.mark(String.valueOf(i));
            try {
                String text = messages.media(i * 20L, frame).replace("\"track\":\"inbound\",", "");
                if (ServerMessage.read(text) instanceof ServerMessage.Media(var _, byte[] muLaw)) {
                    buffer.media(muLaw);
                }
            } catch (ServerMessage.MalformedException e) {
                throw new AssertionError("a message of our own", e);
            }
            buffer.tick(frame, G711.MU_LAW.silence()).marks().forEach(messages::mark);
            G711.MU_LAW.decode(frame, 0, linear, 0, PlayBuffer.FRAME);
            Level.dBov(linear);
        }
    }

    private void start(WebSocket socket, Map<String, String> parameters) {
        Outbox out = new Outbox(socket, this::fail);
        synchronized (this) {
            outbox = out;
            out.send(messages.connected());
            startNanos = System.nanoTime();
            out.send(messages.start(accountSid, callSid, parameters));
            // The ear's first 20 ms pass before anything can have come.
            heard.add(silence(), 0);
        }
        observer.started(startNanos);
        socket.request(Long.MAX_VALUE);
        clock.every(frameNanos, startNanos + frameNanos, this::beat);
    }

    private boolean beat(long index, long dueNanos) {
        int samples;
        double level;
        synchronized (this) {
            Outbox out = outbox;
            if (out == null || ended.isDone()) {
                return false;
            }
            mouth.next(frame);
            long late = System.nanoTime() - dueNanos;
            latestFrameNanos = Math.max(latestFrameNanos, late);
            framesLate += late > LATE_NANOS ? 1 : 0;
            way.next(messages.media(index * 20, frame)).forEach(out::send);
            framesSent++;
            spoken.add(frame, PlayBuffer.FRAME);
            PlayBuffer.Tick tick = buffer.tick(played, G711.MU_LAW.silence());
            heard.add(played, tick.samples());
            echo(out, tick.marks());
            samples = tick.samples();
            G711.MU_LAW.decode(played, 0, linear, 0, PlayBuffer.FRAME);
            level = Level.dBov(linear, 0, PlayBuffer.FRAME);
        }
        observer.heard((index + 1) * 20, samples, level);
        return true;
    }

    private void echo(Outbox out, List<String> marks) {
        for (String mark : marks) {
            out.send(messages.mark(mark));
        }
    }

    private void take(String text, long now) {
        ServerMessage message;
        try {
            message = ServerMessage.read(text);
        } catch (ServerMessage.MalformedException e) {
            complain(String.valueOf(e.getMessage()));
            return;
        }
        switch (message) {
            case ServerMessage.Media(String sid, byte[] muLaw) -> {
                if (known(sid)) {
                    short[] samples = Mouth.heard(muLaw);
                    LineLog.Arrival arrival;
                    synchronized (this) {
                        arrival = new LineLog.Arrival(elapsed(now), muLaw.length, Level.dBov(samples), buffer.queued());
                        arrivals.add(arrival);
                        buffer.media(muLaw);
                    }
                    observer.arrived(arrival);
                }
            }
            case ServerMessage.Mark(String sid, String name) -> {
                if (known(sid)) {
                    synchronized (this) {
                        Outbox out = outbox;
                        if (out != null && buffer.mark(name)) {
                            out.send(messages.mark(name));
                        }
                    }
                }
            }
            case ServerMessage.Clear(String sid) -> {
                if (known(sid)) {
                    synchronized (this) {
                        clears.add(elapsed(now));
                        Outbox out = outbox;
                        if (out != null) {
                            echo(out, buffer.clear());
                        }
                    }
                    observer.cleared(elapsed(now));
                }
            }
        }
    }

    private boolean known(String sid) {
        if (!sid.equals(streamSid)) {
            complain("streamSid is \"" + sid + "\", allowed is " + streamSid);
            return false;
        }
        return true;
    }

    private synchronized void complain(String what) {
        if (malformed.size() < MAX_MALFORMED_KEPT) {
            malformed.add(what);
        }
    }

    /** Says a clip of 8 kHz; gives the sample at which it begins, which is {@code atSample} unless that has passed. */
    public long say(short[] clip, long atSample) {
        return mouth.say(clip, atSample);
    }

    /** Sends a digit, one of 0-9, *, # and A-D. */
    public synchronized void press(char digit) {
        if ("0123456789*#ABCD".indexOf(digit) < 0) {
            throw new IllegalArgumentException("digit is '" + digit + "', allowed are 0-9, *, # and A-D");
        }
        Outbox out = outbox;
        if (out != null && !ended.isDone()) {
            out.send(messages.dtmf(digit));
        }
    }

    /** The caller hangs up: stop, then close, as the real service does. A second time does nothing. */
    public void hangUp() {
        Outbox out;
        synchronized (this) {
            out = outbox;
            if (hungUp || out == null || ended.isDone()) {
                return;
            }
            hungUp = true;
            out.send(messages.stop(accountSid, callSid));
            out.close();
        }
        end(LineEnd.By.CALLER, "hung up");
    }

    /** Completes once nothing follows. */
    public CompletableFuture<LineEnd> ended() {
        return ended.copy();
    }

    /** When the start message went out, by {@link System#nanoTime()}. */
    public synchronized long startNanos() {
        return startNanos;
    }

    /** A moment of {@link System#nanoTime()} by the carrier's clock, ms since the start message. */
    public synchronized double ms(long nanos) {
        return elapsed(nanos) / 1e6;
    }

    private long elapsed(long nanos) {
        long ours = nanos - startNanos;
        return frameNanos == FRAME_NANOS ? ours : Math.round(ours * ((double) FRAME_NANOS / frameNanos));
    }

    /** How many of the caller's frames never came to the server. */
    public synchronized long framesLost() {
        return way.lost();
    }

    /** How many came late, behind frames that followed them. */
    public synchronized long framesReordered() {
        return way.delayed();
    }

    /** What has gone over the line so far. */
    public synchronized LineLog log() {
        return new LineLog(
                startNanos,
                spoken.bytes(),
                heard.bytes(),
                heard.samples(),
                List.copyOf(arrivals),
                List.copyOf(clears),
                List.copyOf(malformed),
                framesSent,
                framesLate,
                latestFrameNanos);
    }

    /** {@link #hangUp}. */
    @Override
    public void close() {
        hangUp();
    }

    private void fail(String what) {
        end(LineEnd.By.FAILURE, what);
        Optional.ofNullable(outbox).ifPresent(Outbox::abort);
    }

    private void end(LineEnd.By by, String detail) {
        LineEnd end = new LineEnd(by, detail, ms(System.nanoTime()));
        if (ended.complete(end)) {
            observer.closed(end);
        }
    }

    private static byte[] silence() {
        byte[] silence = new byte[PlayBuffer.FRAME];
        java.util.Arrays.fill(silence, G711.MU_LAW.silence());
        return silence;
    }

    /** Puts fragments together; a message's time is that of its last piece. */
    private final class Socket implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onOpen(WebSocket socket) {
            // Nothing is read before the start message went out: a server has nothing to say before it.
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            long now = System.nanoTime();
            if (last && text.isEmpty()) {
                take(data.toString(), now);
                return null;
            }
            if (text.length() + data.length() > ServerMessage.MAX_CHARACTERS) {
                fail("the server sent a message of more than " + ServerMessage.MAX_CHARACTERS + " characters");
                return null;
            }
            text.append(data);
            if (last) {
                String whole = text.toString();
                text.setLength(0);
                take(whole, now);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, java.nio.ByteBuffer data, boolean last) {
            complain("a binary message of " + data.remaining() + " bytes; the stream is text");
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            synchronized (MediaLine.this) {
                if (hungUp) {
                    // The answer to the caller's own close, which may come before hangUp has returned.
                    return null;
                }
            }
            end(LineEnd.By.SERVER, code + (reason.isEmpty() ? "" : " " + reason));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            end(LineEnd.By.FAILURE, "the socket broke: " + error);
        }
    }
}
