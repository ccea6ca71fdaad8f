package dev.dialplane.inference.speaking;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a text is cut for a voice that gives its first sample only once it has spoken all it was given. Cuts depend on what
 * is left of them only, never on what follows.
 */
public final class Clauses {
    private static final int MIN_CLAUSE = 10;
    private static final int MAX_CLAUSE = 160;
    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "st", "no", "vs", "prof", "rd", "ave", "e.g", "i.e", "approx", "ext", "jr", "sr",
            "rs", "डॉ", "रु", "नं");

    private Clauses() {}

    /** The clauses: all of the text, in order, each with the spaces after it. */
    public static List<String> of(String text) {
        return cut(text, true);
    }

    /** The sentences: all of the text, in order, each with the spaces after it. */
    public static List<String> sentences(String text) {
        return cut(text, false);
    }

    /** What {@code text} says after its last whole sentence; empty if it ends with one. */
    public static String openSentence(String text) {
        List<String> sentences = sentences(text);
        if (sentences.isEmpty()) {
            return "";
        }
        String last = sentences.getLast();
        return endsSentence(last, last.stripTrailing().length()) ? "" : last;
    }

    private static List<String> cut(String text, boolean atClauses) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        int i = 0;
        while (i < text.length()) {
            if (!Character.isWhitespace(text.charAt(i))) {
                i++;
                continue;
            }
            int end = i;
            while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
                i++;
            }
            String part = text.substring(start, end);
            boolean clause =
                    atClauses && (part.length() >= MIN_CLAUSE && endsClause(part) || part.length() >= MAX_CLAUSE);
            if (!part.isBlank() && (clause || endsSentence(part, part.length()))) {
                parts.add(text.substring(start, i));
                start = i;
            }
        }
        if (!text.substring(start).isBlank()) {
            parts.add(text.substring(start));
        }
        return parts;
    }

    private static boolean endsClause(String part) {
        return ",;:–—".indexOf(part.charAt(part.length() - 1)) >= 0;
    }

    private static boolean endsSentence(String part, int end) {
        int at = end - 1;
        while (at > 0 && "\"'”’)]".indexOf(part.charAt(at)) >= 0) {
            at--;
        }
        return at >= 0
                && switch (part.charAt(at)) {
                    case '!', '?', '।', '…' -> true;
                    case '.' -> !abbreviation(part, at);
                    default -> false;
                };
    }

    private static boolean abbreviation(String part, int dot) {
        int start = dot;
        while (start > 0 && !Character.isWhitespace(part.charAt(start - 1))) {
            start--;
        }
        String word = part.substring(start, dot).toLowerCase(Locale.ROOT);
        boolean initial = word.length() == 1 && Character.isLetter(word.charAt(0)) && !word.equals("i");
        return initial || ABBREVIATIONS.contains(word);
    }
}
