package dev.dialplane.agent.turn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A transcript as words to judge by: lower case, without punctuation but for what stands within a word. */
public final class Words {
    /** Sounds by which a listener says that it listens. They are no turn of their own. */
    private static final Set<String> BACKCHANNELS = Set.of(
            "mhm", "mm", "mmm", "mm-hmm", "mmhmm", "hm", "hmm", "uh", "uhh", "uhm", "uh-huh", "uhuh", "um", "umm", "er",
            "erm", "ah", "aha", "oh", "huh", "yeah", "yep", "yup", "ok", "okay", "right", "sure", "accha", "achha",
            "haan", "ji");

    private static final Set<String> ANSWERS = Set.of(
            "yeah", "yep", "yup", "ok", "okay", "right", "sure", "uh-huh", "uhuh", "mhm", "mm-hmm", "mmhmm", "accha",
            "achha", "haan", "ji");

    /**
     * They only begin a sentence: who says one of them and then nothing has not asked for the floor. Often enough it was an "oh"
     * of which a recognizer makes a "so".
     */
    private static final Set<String> OPENERS = Set.of(
            "so", "but", "and", "or", "because", "if", "the", "a", "an", "my", "your", "i", "we", "he", "she", "they",
            "it", "to", "of", "for", "with", "in", "on", "at", "aur", "lekin", "toh");

    private static final char ZERO_WIDTH_NON_JOINER = '\u200c';
    private static final char ZERO_WIDTH_JOINER = '\u200d';

    private Words() {}

    /** The words of a text, in order. */
    public static List<String> of(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && belongs(text, i);
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(text.substring(start, i).toLowerCase(Locale.ROOT).replace('’', '\''));
                start = -1;
            }
        }
        return words;
    }

    /**
     * How many words of a text say something: a listener's sounds do not, unless a question was asked that they answer, and
     * neither does a sentence's first word alone.
     *
     * @param yesOrNo whether the agent asks for a yes or no
     */
    public static int meaning(String text, boolean yesOrNo) {
        List<String> words = of(text).stream()
                .filter(word -> !BACKCHANNELS.contains(word) || yesOrNo && ANSWERS.contains(word))
                .toList();
        return words.size() == 1 && OPENERS.contains(words.getFirst()) ? 0 : words.size();
    }

    private static boolean belongs(String text, int at) {
        char c = text.charAt(at);
        if (isOfWord(Character.isLowSurrogate(c) ? text.codePointBefore(at + 1) : text.codePointAt(at))) {
            return true;
        }
        // Devanagari joins or parts letters within a word by one of these.
        if (c == ZERO_WIDTH_JOINER || c == ZERO_WIDTH_NON_JOINER) {
            return at > 0 && isOfWord(text.codePointBefore(at));
        }
        // Within a word: don't, uh-huh, 9:30, 2.5.
        return "'’-:.,".indexOf(c) >= 0
                && at > 0
                && at + 1 < text.length()
                && Character.isLetterOrDigit(text.charAt(at - 1))
                && Character.isLetterOrDigit(text.charAt(at + 1))
                && (c != ',' || Character.isDigit(text.charAt(at + 1)));
    }

    private static boolean isOfWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint)
                || Character.getType(codePoint) == Character.NON_SPACING_MARK
                || Character.getType(codePoint) == Character.COMBINING_SPACING_MARK;
    }
}
