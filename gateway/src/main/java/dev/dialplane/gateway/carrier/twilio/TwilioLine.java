package dev.dialplane.gateway.carrier.twilio;

import dev.dialplane.gateway.carrier.CarrierLine;
import dev.dialplane.gateway.carrier.NextStep;
import io.vertx.core.http.ServerWebSocket;
import java.util.function.Consumer;

/** One stream to Twilio. For the socket's thread only. */
final class TwilioLine implements CarrierLine {
    private final ServerWebSocket socket;
    private final TwilioWriter writer;
    private Consumer<NextStep> onClose = step -> {};
    private boolean closed;

    TwilioLine(ServerWebSocket socket, String streamSid) {
        this.socket = socket;
        writer = new TwilioWriter(streamSid);
    }

    /** Who is told what comes next, when the stream is closed from here. */
    void onClose(Consumer<NextStep> onClose) {
        this.onClose = onClose;
    }

    @Override
    public void audio(byte[] frame) {
        write(writer.media(frame));
    }

    @Override
    public void mark(long generation, long sample) {
        write(writer.mark(generation, sample));
    }

    @Override
    public void clear() {
        write(writer.clear());
    }

    private void write(String message) {
        if (!closed) {
            // A failure shows as the socket's close.
            socket.writeTextMessage(message);
        }
    }

    @Override
    public void close(NextStep next) {
        if (!closed) {
            closed = true;
            onClose.accept(next);
            socket.close();
        }
    }

    /** The socket is gone. */
    void gone() {
        closed = true;
    }
}
