package dev.dialplane.agent.turn;

import dev.dialplane.agent.turn.Thought.Expected;
import dev.dialplane.audio.Dtmf;

/** What the caller presses: when it is all of it. */
public final class Keypad {
    /** As many keys are an entry, whatever follows. */
    static final int MOST_KEYS = 64;
    /** To find the next key of a number takes this long; VoiceXML platforms wait three to five seconds. */
    private static final int NEXT_MS = 3000;
    /** One key where no value was asked for is an answer more often than a beginning. */
    private static final int ALONE_MS = 1500;

    private Keypad() {}

    /** Whether nothing can follow: the entry was ended by {@code #}, or is as long as one may be. */
    public static boolean ended(String keys) {
        return keys.length() >= MOST_KEYS || keys.length() > 1 && keys.charAt(keys.length() - 1) == Dtmf.END;
    }

    /**
     * How long after the last key the entry is over, in ms.
     *
     * @param keys what was pressed so far, at least one key
     * @param expected what the agent's last words ask for
     */
    public static int waitMs(String keys, Expected expected) {
        if (ended(keys)) {
            return 0;
        }
        return keys.length() > 1 || expected == Expected.VALUE ? NEXT_MS : ALONE_MS;
    }
}
