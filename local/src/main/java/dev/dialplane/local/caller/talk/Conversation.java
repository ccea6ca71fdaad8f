package dev.dialplane.local.caller.talk;

import dev.dialplane.local.caller.speech.Utterance;
import java.util.List;

/**
 * Decides when a caller with a script speaks and when it hangs up, by what its ear gets. Knows no clock and no line: its
 * owner says every few ms what time it is and whether the agent is to be heard. Always comes to an end: every wait has its
 * {@link Patience}. For one thread at a time.
 */
public final class Conversation {
    /**
     * How long a caller waits, in ms.
     *
     * @param reply for an answer, before it goes on as if there had been one
     * @param unanswered how often in a row it does that before it hangs up
     * @param farewell in silence after the reply to its last words, before it hangs up
     */
    public record Patience(int reply, int unanswered, int farewell) {
        /** A patient person: 12 s, twice; 4 s after the last reply. */
        public static final Patience USUAL = new Patience(12_000, 2, 4_000);
    }

    /** What to do now. */
    public sealed interface Move {}

    /** Go on listening. */
    public record Listen() implements Move {}

    /** Say the utterance of this number, from 0. */
    public record Speak(int index) implements Move {}

    /** Hang up, and why. */
    public record HangUp(String why) implements Move {}

    private static final Listen LISTEN = new Listen();
    /** A silence this long parts two pieces of the agent's speech. */
    private static final int GAP_MS = 200;
    /** An agent that talks on for this long after the caller's words counts as having replied. */
    private static final int TALKED_ON_MS = 1_000;
    /** After a reply that never began anew, because the agent just talked on, it may still come. */
    private static final int RELUCTANT_QUIET_MS = 3_000;

    private final List<Utterance> utterances;
    private final Patience patience;
    private int next;
    private int unanswered;
    private long wordsBeganMs;
    private long wordsEndMs;
    private long lastSoundMs = Long.MIN_VALUE / 2;
    private long burstMs = Long.MIN_VALUE / 2;
    private long replyMs = -1;
    private boolean talkedOn;

    /** A caller that has said nothing yet, and waits for a greeting. */
    public Conversation(List<Utterance> utterances, Patience patience) {
        this.utterances = List.copyOf(utterances);
        this.patience = patience;
    }

    /**
     * What to do at {@code nowMs}, which never goes back.
     *
     * @param sounding whether the agent is to be heard now
     */
    public Move next(long nowMs, boolean sounding) {
        listen(nowMs, sounding);
        if (nowMs < wordsEndMs) {
            return LISTEN;
        }
        boolean last = next == utterances.size();
        long silenceMs = nowMs - Math.max(lastSoundMs, wordsEndMs);
        if (replyMs < 0) {
            if (silenceMs < patience.reply()) {
                return LISTEN;
            }
            if (last || ++unanswered > patience.unanswered()) {
                return new HangUp("no reply within " + patience.reply() + " ms");
            }
            return new Speak(next);
        }
        unanswered = 0;
        if (last) {
            return silenceMs >= patience.farewell() ? new HangUp("all is said") : LISTEN;
        }
        boolean now = switch (utterances.get(next).when()) {
            case Utterance.AfterReply(int quietMs) ->
                silenceMs >= (talkedOn ? Math.max(quietMs, RELUCTANT_QUIET_MS) : quietMs);
            case Utterance.Interrupting(int afterMs) -> nowMs - replyMs >= afterMs;
        };
        return now ? new Speak(next) : LISTEN;
    }

    private void listen(long nowMs, boolean sounding) {
        if (!sounding) {
            return;
        }
        if (nowMs - lastSoundMs > GAP_MS) {
            burstMs = nowMs;
        }
        lastSoundMs = nowMs;
        if (replyMs >= 0 || nowMs < wordsEndMs) {
            return;
        }
        if (burstMs >= wordsEndMs) {
            replyMs = burstMs;
        } else if (nowMs - wordsEndMs >= TALKED_ON_MS) {
            replyMs = Math.max(burstMs, wordsBeganMs);
            talkedOn = burstMs < wordsBeganMs;
        }
    }

    /** The utterance last asked for goes out, its words from {@code beginMs} to {@code endMs}. */
    public void spoke(long beginMs, long endMs) {
        next++;
        wordsBeganMs = beginMs;
        wordsEndMs = endMs;
        replyMs = -1;
        talkedOn = false;
    }
}
