package dev.dialplane.inference.conversing;

/** Keys of a keypad as a dialogue model reads them. */
public final class Keys {
    private static final String ALL = "0123456789*#ABCD";
    /** The key that ends an entry: the {@code termchar} that VoiceXML 2.0 (section 6.3.3) has by default. */
    private static final char END = '#';

    private Keys() {}

    /** Whether there is such a key. */
    public static boolean isKey(String key) {
        return key.length() == 1 && ALL.contains(key);
    }

    /** An entry as text: digits as they are, the other keys by name, without the key that ends it. */
    static String text(String keys) {
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
