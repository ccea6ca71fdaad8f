package dev.dialplane.agent.speaking;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts a reply that comes in pieces into clauses to be spoken, the first one short: a synthesizer gives its first sample
 * only once it has the whole clause.
 *
 * <p>A clause ends after a sentence mark, or after a comma, colon, semicolon or dash once it is long enough (the first: two
 * words; later ones: 40 characters). A text without marks is cut between words, the first clause after eight.
 */
public final class Clauses {
    private static final int FIRST_WORDS = 8;
    private static final int LATER_CHARACTERS = 40;
    private static final int MOST_CHARACTERS = 200;
    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "st", "vs", "prof", "rd", "ave", "e.g", "i.e", "approx", "ext", "jr", "sr", "rs",
            "डॉ", "रु", "नं");
    /** Abbreviations that end many a sentence, too. */
    private static final Set<String> EITHER_WAY = Set.of("no", "a.m", "p.m");

    private final StringBuilder waiting = new StringBuilder();
    private boolean first = true;

    /** Takes a piece of the reply; gives the clauses that are whole now. */
    public List<String> add(String text) {
        waiting.append(text);
        List<String> clauses = new ArrayList<>();
        for (int end = next(); end > 0; end = next()) {
            take(end, clauses);
        }
        return clauses;
    }

    /** The reply is over: gives the rest, if any. */
    public List<String> finish() {
        List<String> clauses = new ArrayList<>();
        take(waiting.length(), clauses);
        return clauses;
    }

    private void take(int end, List<String> clauses) {
        String clause = waiting.substring(0, end).strip();
        waiting.delete(0, end);
        if (!clause.isEmpty()) {
            clauses.add(clause);
            first = false;
        }
    }

    /** Where the next clause ends; 0 if that is not known yet. */
    private int next() {
        int words = 0;
        for (int i = 0; i < waiting.length(); i++) {
            char c = waiting.charAt(i);
            if (!Character.isWhitespace(c)) {
                continue;
            }
            if (i > 0 && !Character.isWhitespace(waiting.charAt(i - 1))) {
                words++;
                char mark = lastMark(i);
                if (endsSentence(mark, i) || endsClause(mark) && (first ? words >= 2 : i >= LATER_CHARACTERS)) {
                    return i;
                }
                if (first && words == FIRST_WORDS && i < waiting.length() - 1 || i >= MOST_CHARACTERS) {
                    return i;
                }
            }
        }
        return 0;
    }

    /** The mark before position {@code end}, looking through closing quotes and brackets. */
    private char lastMark(int end) {
        int at = end - 1;
        while (at > 0 && "\"'”’)]".indexOf(waiting.charAt(at)) >= 0) {
            at--;
        }
        return waiting.charAt(at);
    }

    private boolean endsSentence(char mark, int end) {
        return switch (mark) {
            case '!', '?', '।', '…' -> true;
            case '.' -> !abbreviation(end);
            default -> false;
        };
    }

    private static boolean endsClause(char mark) {
        return ",;:–—".indexOf(mark) >= 0;
    }

    private boolean abbreviation(int end) {
        int start = end;
        while (start > 0 && !Character.isWhitespace(waiting.charAt(start - 1))) {
            start--;
        }
        while (start < end && !Character.isLetterOrDigit(waiting.charAt(start))) {
            start++;
        }
        String word = waiting.substring(start, end).replaceAll("\\.$", "").toLowerCase(Locale.ROOT);
        boolean initial = word.length() == 1 && Character.isLetter(word.charAt(0)) && !word.equals("i");
        return initial || ABBREVIATIONS.contains(word) || EITHER_WAY.contains(word) && goesOn(word, end);
    }

    /** "No. 5" and "10 a.m. on Sundays" go on, "No. We are closed." does not: what follows tells, once it is there. */
    private boolean goesOn(String word, int end) {
        int next = end;
        while (next < waiting.length() && Character.isWhitespace(waiting.charAt(next))) {
            next++;
        }
        if (next == waiting.length()) {
            return true;
        }
        char following = waiting.charAt(next);
        return Character.isDigit(following) || !word.equals("no") && Character.isLowerCase(following);
    }
}
