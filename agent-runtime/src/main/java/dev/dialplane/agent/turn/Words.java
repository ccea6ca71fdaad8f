package dev.dialplane.agent.turn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A transcript as words to judge by: lower case, without punctuation but for what stands within a word. */
public final class Words {
    /** Sounds by which a listener says that it listens. They are no turn of their own. */
    private static final Set<String> BACKCHANNELS = Set.of(
            "mhm", "mm", "mmm", "mm-hmm", "mmhmm", "hm", "hmm", "uh", "uh-huh", "uhuh", "um", "ah", "aha", "oh", "huh",
            "yeah", "yep", "yup", "ok", "okay", "right", "sure", "accha", "achha", "haan", "ji");

    private static final Set<String> ANSWERS =
            Set.of("yeah", "yep", "yup", "ok", "okay", "right", "sure", "uh-huh", "mhm", "mm-hmm", "haan", "ji");

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
     * How many words of a text say something: a listener's sounds do not, unless a question was asked that they answer.
     *
     * @param yesOrNo whether the agent asks for a yes or no
     */
    public static int meaning(String text, boolean yesOrNo) {
        int count = 0;
        for (String word : of(text)) {
            if (!BACKCHANNELS.contains(word) || yesOrNo && ANSWERS.contains(word)) {
                count++;
            }
        }
        return count;
    }

    private static boolean belongs(String text, int at) {
        char c = text.charAt(at);
        if (Character.isLetterOrDigit(c)
                || Character.isSurrogate(c)
                || Character.getType(c) == Character.NON_SPACING_MARK
                || Character.getType(c) == Character.COMBINING_SPACING_MARK) {
            return true;
        }
        // Within a word: don't, uh-huh, 9:30, 2.5.
        return "'’-:.,".indexOf(c) >= 0
                && at > 0
                && at + 1 < text.length()
                && Character.isLetterOrDigit(text.charAt(at - 1))
                && Character.isLetterOrDigit(text.charAt(at + 1))
                && (c != ',' || Character.isDigit(text.charAt(at + 1)));
    }
}
