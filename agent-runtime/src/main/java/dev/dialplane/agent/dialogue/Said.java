package dev.dialplane.agent.dialogue;

/**
 * A turn of the caller's as it came: what was said, and what was pressed with it or instead of it.
 *
 * @param words what was said; empty where only keys were pressed
 * @param beganMs when the first word or key of it was begun, on the caller's time base
 * @param keys what was pressed, in order; empty where nothing was
 * @param keyedMs when the last of the keys was pressed, on the caller's time base; 0 where none was
 */
public record Said(String words, long beganMs, String keys, long keyedMs) {
    /** A turn without a key. */
    public static Said words(String words, long beganMs) {
        return new Said(words, beganMs, "", 0);
    }

    /** A turn without a word. */
    public static Said keys(String keys, long beganMs, long keyedMs) {
        return new Said("", beganMs, keys, keyedMs);
    }
}
