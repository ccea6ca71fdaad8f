package dev.dialplane.gateway.call;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.StandbyClips;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a call keeps so that it outlives its agent: the agent's last checkpoint, the caller's audio that is not in it, and
 * what the caller hears meanwhile. For the call's home thread.
 */
final class Standby {
    /** Frames of the caller's that wait for the first agent: 3 s; beyond it the oldest go. */
    private static final int MAX_BEFORE_ANSWER = 150;
    /** Frames that no checkpoint holds: 10 s, a number dictated slowly; beyond it the oldest go. 80 KB of G.711. */
    private static final int MAX_AFTER_ANSWER = 500;

    private record Frame(long mediaTime, byte[] payload, boolean concealed) {}

    private final Deque<Frame> frames = new ArrayDeque<>();
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
        if (frames.size() >= (answered ? MAX_AFTER_ANSWER : MAX_BEFORE_ANSWER)) {
            frames.removeFirst();
        }
        frames.addLast(new Frame(mediaTime, payload, concealed));
    }

    /** The agent says what it would want to know if it were another one; the audio that is in it is forgotten. */
    void checkpoint(Checkpoint latest) {
        checkpoint = latest;
        while (!frames.isEmpty() && frames.getFirst().mediaTime < latest.getMediaTimeMs()) {
            frames.removeFirst();
        }
    }

    /** The last one; null if there was none yet. */
    @Nullable
    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Has an agent hear what none, or none that is left, has heard. */
    void replayTo(AgentLine agent) {
        frames.forEach(frame -> agent.audio(frame.mediaTime, frame.payload, frame.concealed));
    }

    void forget() {
        frames.clear();
    }
}
