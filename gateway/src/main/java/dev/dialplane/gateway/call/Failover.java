package dev.dialplane.gateway.call;

import com.google.protobuf.ByteString;
import dev.dialplane.gateway.playout.Playout;
import dev.dialplane.gateway.playout.SoundKind;
import org.jspecify.annotations.Nullable;

/**
 * How often a call has lost its agent, and what its caller hears until another one goes on: for a moment nothing, since most
 * calls have another agent before anybody would notice, and then the tone that the former agent left for that. For the
 * call's home thread.
 */
final class Failover {
    /** A caller who has lost so many agents has met something that kills them. */
    private static final int MOST = 5;

    private static final long TONE_AFTER_NANOS = 200_000_000;
    /** The next round of the tone is there so long before the last one ends. */
    private static final long TONE_AHEAD_NANOS = 500_000_000;

    private final int bytesPerSecond;
    private int lost;
    private long lostAt;
    private @Nullable Long toneDue;
    private long toneSample;

    /** @param bytesPerSecond of the carrier's audio */
    Failover(int bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /** How many agents were lost. */
    int count() {
        return lost;
    }

    /** Whether another agent may be looked for if this one is lost. */
    boolean mayFollow() {
        return lost < MOST;
    }

    /** The agent is lost. */
    void begins(long now) {
        lost++;
        lostAt = now;
        toneDue = now + TONE_AFTER_NANOS;
        toneSample = 0;
    }

    /** Another agent has the call; gives how long none had, ns. */
    long over(long now) {
        toneDue = null;
        return now - lostAt;
    }

    /** No other agent follows. */
    void givenUp() {
        toneDue = null;
    }

    /**
     * Plays the next round of the tone when it is due.
     *
     * @param tone one round; empty if there is none
     * @param generation that nothing else is played in
     */
    void tick(long now, ByteString tone, Playout playout, long generation) {
        Long due = toneDue;
        if (due == null || now < due || tone.isEmpty()) {
            return;
        }
        long nanos = tone.size() * 1_000_000_000L / bytesPerSecond;
        playout.audio(now, generation, toneSample, tone.asReadOnlyByteBuffer(), SoundKind.TONE, false);
        toneDue = now + nanos - (toneSample == 0 ? TONE_AHEAD_NANOS : 0);
        toneSample += playout.samples(tone.size());
    }
}
