package dev.dialplane.gateway.call;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.StandbyClips;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a call keeps so that it outlives its agent: the agent's last checkpoint, the caller's audio and keys that are not in
 * it, and what the caller hears meanwhile. For the call's home thread.
 */
final class Standby {
    /** Frames and keys of the caller's that wait for the first agent: 3 s; beyond it the oldest go. */
    private static final int MAX_BEFORE_ANSWER = 150;
    /** Frames and keys that no checkpoint holds: 10 s, a number dictated slowly; beyond it the oldest go. 80 KB of G.711, four times as much of linear. */
    private static final int MAX_AFTER_ANSWER = 500;

    /** What the caller did. */
    private sealed interface Heard {
        long mediaTime();
    }

    private record Frame(long mediaTime, byte[] payload, boolean concealed) implements Heard {}

    private record Key(long mediaTime, ConverseRequest message) implements Heard {}

    private final Deque<Heard> heard = new ArrayDeque<>();
    private @Nullable Checkpoint checkpoint;
    private ByteString apology = ByteString.EMPTY;
    private ByteString holdTone = ByteString.EMPTY;

    void clips(StandbyClips clips) {
        apology = clips.getApology();
        holdTone = clips.getHoldTone();
    }

    /** An apology in the agent's voice; empty if it sent none. */
    ByteString apology() {
        return apology;
    }

    /** One round of a tone that says "please hold"; empty if the agent sent none. */
    ByteString holdTone() {
        return holdTone;
    }

    /** Audio of the caller, which is kept as it is. */
    void keep(long mediaTime, byte[] payload, boolean concealed, boolean answered) {
        keep(new Frame(mediaTime, payload, concealed), answered);
    }

    /** A key that the caller pressed. */
    void keep(ConverseRequest key, boolean answered) {
        keep(new Key(key.getDtmf().getMediaTimeMs(), key), answered);
    }

    private void keep(Heard latest, boolean answered) {
        if (heard.size() >= (answered ? MAX_AFTER_ANSWER : MAX_BEFORE_ANSWER)) {
            heard.removeFirst();
        }
        heard.addLast(latest);
    }

    /** The agent says what it would want to know if it were another one; the audio that is in it is forgotten. */
    void checkpoint(Checkpoint latest) {
        checkpoint = latest;
        while (!heard.isEmpty() && heard.getFirst().mediaTime() < latest.getMediaTimeMs()) {
            heard.removeFirst();
        }
    }

    /** The last one; null if there was none yet. */
    @Nullable
    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Has an agent hear what none, or none that is left, has heard. */
    void replayTo(AgentLine agent) {
        for (Heard each : heard) {
            switch (each) {
                case Frame frame -> agent.audio(frame.mediaTime, frame.payload, frame.concealed);
                case Key key -> agent.send(key.message);
            }
        }
    }

    void forget() {
        heard.clear();
    }
}
