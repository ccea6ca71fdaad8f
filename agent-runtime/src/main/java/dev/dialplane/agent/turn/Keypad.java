package dev.dialplane.agent.turn;

import dev.dialplane.agent.turn.Thought.Expected;

/** What the caller presses: when it is all of it, and how it reads. */
public final class Keypad {
    /** As many keys are an entry, whatever follows. */
    static final int MOST_KEYS = 64;
    /** The key that ends an entry: the {@code termchar} that VoiceXML 2.0 (section 6.3.3) has by default. */
    private static final char END = '#';
    /** To find the next key of a number takes this long; VoiceXML platforms wait three to five seconds. */
    private static final int NEXT_MS = 3000;
    /** One key where no value was asked for is an answer more often than a beginning. */
    private static final int ALONE_MS = 1500;

    private static final String KEYS = "0123456789*#ABCD";

    private Keypad() {}

    /** Whether there is such a key. */
    public static boolean isKey(String key) {
        return key.length() == 1 && KEYS.contains(key);
    }

    /** Whether nothing can follow: the entry was ended by {@code #}, or is as long as one may be. */
    public static boolean ended(String keys) {
        return keys.length() >= MOST_KEYS || keys.length() > 1 && keys.charAt(keys.length() - 1) == END;
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

    /** An entry as text: digits as they are, the other keys by name, without the key that ends it. */
    public static String text(String keys) {
        StringBuilder text = new StringBuilder();
        int length = keys.length() > 1 && keys.charAt(keys.length() - 1) == END ? keys.length() - 1 : keys.length();
        for (int i = 0; i < length; i++) {
            char key = keys.charAt(i);
            switch (key) {
                case '*' -> text.append(" star ");
                case '#' -> text.append(" hash ");
                default -> text.append(key);
            }
        }
        return text.toString().strip().replace("  ", " ");
    }
}
