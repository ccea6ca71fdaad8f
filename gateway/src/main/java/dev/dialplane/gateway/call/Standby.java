package dev.dialplane.gateway.call;

import com.google.protobuf.ByteString;
import dev.dialplane.contracts.agent.v1.Checkpoint;
import dev.dialplane.contracts.agent.v1.ConverseRequest;
import dev.dialplane.contracts.agent.v1.StandbyClips;
import java.util.Arrays;
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

    /** An agent that is told what it missed. */
    interface Listener {
        /** Audio of the caller; the payload is given away. */
        void audio(long mediaTime, byte[] payload, boolean concealed);

        /** A key that the caller pressed. */
        void send(ConverseRequest key);
    }

    // A ring of what the caller did. All of its audio is in one array: frames that are objects live for ten seconds
    // each, and every collection would copy those of all calls.
    private final long[] mediaTimes = new long[MAX_AFTER_ANSWER];
    private final boolean[] concealedFrames = new boolean[MAX_AFTER_ANSWER];
    /** Null where it is a frame, or nothing. */
    private final @Nullable ConverseRequest[] keys = new ConverseRequest[MAX_AFTER_ANSWER];

    private byte[] audio = new byte[0];
    private int frameBytes;
    private int first;
    private int count;

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

    /** A frame of the caller's, which is copied. All are of one length; after one of another, those before are forgotten. */
    void keep(long mediaTime, byte[] payload, boolean concealed, boolean answered) {
        if (payload.length != frameBytes) {
            forget();
            frameBytes = payload.length;
            audio = new byte[MAX_AFTER_ANSWER * frameBytes];
        }
        int at = next(mediaTime, answered);
        concealedFrames[at] = concealed;
        System.arraycopy(payload, 0, audio, at * frameBytes, frameBytes);
    }

    /** A key that the caller pressed. */
    void keep(ConverseRequest key, boolean answered) {
        keys[next(key.getDtmf().getMediaTimeMs(), answered)] = key;
    }

    private int next(long mediaTime, boolean answered) {
        if (count >= (answered ? MAX_AFTER_ANSWER : MAX_BEFORE_ANSWER)) {
            removeFirst();
        }
        int at = (first + count++) % MAX_AFTER_ANSWER;
        mediaTimes[at] = mediaTime;
        return at;
    }

    private void removeFirst() {
        keys[first] = null;
        first = (first + 1) % MAX_AFTER_ANSWER;
        count--;
    }

    /** The agent says what it would want to know if it were another one; the audio that is in it is forgotten. */
    void checkpoint(Checkpoint latest) {
        checkpoint = latest;
        while (count > 0 && mediaTimes[first] < latest.getMediaTimeMs()) {
            removeFirst();
        }
    }

    /** The last one; null if there was none yet. */
    @Nullable
    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Has an agent hear what none, or none that is left, has heard. */
    void replayTo(Listener agent) {
        for (int i = 0; i < count; i++) {
            int at = (first + i) % MAX_AFTER_ANSWER;
            ConverseRequest key = keys[at];
            if (key != null) {
                agent.send(key);
            } else {
                byte[] payload = Arrays.copyOfRange(audio, at * frameBytes, (at + 1) * frameBytes);
                agent.audio(mediaTimes[at], payload, concealedFrames[at]);
            }
        }
    }

    void forget() {
        Arrays.fill(keys, null);
        count = 0;
    }
}
