package dev.dialplane.local.caller;

import dev.dialplane.local.caller.carrier.CallIds;
import dev.dialplane.local.caller.carrier.Dialed;
import dev.dialplane.local.caller.carrier.LineEnd;
import dev.dialplane.local.caller.carrier.LineLog;
import dev.dialplane.local.caller.carrier.LineObserver;
import dev.dialplane.local.caller.carrier.MediaLine;
import dev.dialplane.local.caller.carrier.TwilioCarrier;
import dev.dialplane.local.caller.report.Spoken;
import dev.dialplane.local.caller.speech.Mouth;
import dev.dialplane.local.caller.speech.Utterance;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A line for measurements: says clips at exact times, open-loop, and keeps when each of the other side's frames came in.
 * Takes the gateway's media socket that needs no webhook. Times are ms of media since the start message; media time
 * {@code t} goes out with the frame that ends at {@code t} rounded up to the next 20 ms, at that time.
 */
public final class ScriptedSpeaker implements AutoCloseable {
    private final MediaLine line;
    private final Mouth mouth;

    private ScriptedSpeaker(MediaLine line, Mouth mouth) {
        this.line = line;
        this.mouth = mouth;
    }

    /**
     * Opens a line, which is silent but for its noise.
     *
     * @param observer is told of each frame as it arrives and as it is played
     * @throws IOException if the gateway does not take the socket
     */
    public static ScriptedSpeaker dial(TwilioCarrier carrier, Dialed socket, LineObserver observer)
            throws IOException, InterruptedException {
        CallIds ids = CallIds.random();
        Mouth mouth = new Mouth(ids.callSid().hashCode());
        return new ScriptedSpeaker(carrier.open(socket, socket.uri(), ids, Map.of(), mouth, observer), mouth);
    }

    /**
     * Says an utterance so that its speech begins at {@code onsetMs}.
     *
     * @return what went out and when: later than asked for only if that had passed
     */
    public Spoken say(Utterance utterance, double onsetMs) {
        long start = Math.round(onsetMs * Mouth.RATE / 1000) - utterance.onset();
        return new Spoken(utterance, mouth.say(utterance.samples(), Math.max(0, start)));
    }

    /** The media time that goes out next. */
    public double nowMs() {
        return mouth.position() * 1000.0 / Mouth.RATE;
    }

    /** What has gone over the line so far. */
    public LineLog log() {
        return line.log();
    }

    /** The line itself. */
    public MediaLine line() {
        return line;
    }

    /** Completes when the line is closed, by whomever. */
    public CompletableFuture<LineEnd> ended() {
        return line.ended();
    }

    /** Hangs up. */
    @Override
    public void close() {
        line.close();
    }
}
