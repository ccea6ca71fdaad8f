package dev.dialplane.agent.turn;

import java.util.List;
import java.util.Set;

/**
 * Whether what the caller said so far is a finished thought, judged by its words. Heuristics for English; in other
 * languages only the rules about digits and punctuation find anything, and the rest is taken for finished or open by its
 * length.
 */
public enum Thought {
    /** No word. */
    NOTHING,
    /** Ends in a sound of somebody who searches for words. */
    HESITATING,
    /** Cannot end here: a conjunction, a preposition, an article, a comma. */
    UNFINISHED,
    /** Digits are being dictated, and more may come. */
    DICTATING,
    /** May go on or not. */
    OPEN,
    FINISHED;

    /** What the agent's last words ask for. */
    public enum Expected {
        ANYTHING,
        YES_OR_NO,
        VALUE,
        NOTHING
    }

    private static final Set<String> FILLERS =
            Set.of("um", "uh", "uhm", "er", "erm", "hmm", "hm", "mm", "mmm", "umm", "uhh");

    private static final Set<String> CANNOT_END = Set.of(
            "and",
            "but",
            "or",
            "so",
            "because",
            "if",
            "when",
            "while",
            "which",
            "who",
            "whose",
            "than",
            "although",
            "though",
            "until",
            "unless",
            "since",
            "whether",
            "the",
            "a",
            "an",
            "to",
            "of",
            "for",
            "from",
            "with",
            "without",
            "at",
            "by",
            "into",
            "onto",
            "between",
            "during",
            "my",
            "your",
            "our",
            "their",
            "his",
            "its",
            "every",
            "i'm",
            "i'd",
            "i'll",
            "i've",
            "we're",
            "we'd",
            "it's",
            "there's",
            "that's",
            "let's",
            "is",
            "are",
            "was",
            "were",
            "be",
            "been",
            "am",
            "would",
            "could",
            "should",
            "will",
            "can",
            "may",
            "might",
            "must",
            "have",
            "has",
            "had",
            "want",
            "need",
            "like",
            "i",
            "we",
            "he",
            "they",
            "very",
            "some",
            "any",
            "maybe",
            "actually",
            "basically",
            "also",
            "about",
            "on",
            "in");

    /** A question that ends in one of these is whole: "What is it for?", "Who should I speak to?" */
    private static final Set<String> ENDS_A_QUESTION = Set.of(
            "to", "of", "for", "from", "with", "at", "by", "about", "on", "in", "is", "are", "am", "was", "were", "be",
            "i", "we", "can", "will", "would", "could", "like", "need", "want", "they", "he", "have", "has", "may");

    /** "Yes, I am.", "I think we can.", "That is what I like.": whole when a pronoun carries the verb at the end. */
    private static final Set<String> ENDS_AFTER_PRONOUN = Set.of(
            "is", "are", "am", "was", "were", "would", "could", "should", "will", "can", "have", "has", "had", "might",
            "may");

    private static final Set<String> PRONOUNS =
            Set.of("i", "you", "he", "she", "it", "we", "they", "that", "this", "there");

    private static final Set<String> WHOLE = Set.of(
            "yes",
            "no",
            "yeah",
            "yep",
            "yup",
            "nope",
            "nah",
            "okay",
            "ok",
            "sure",
            "right",
            "correct",
            "exactly",
            "absolutely",
            "hello",
            "hi",
            "hey",
            "bye",
            "goodbye",
            "thanks",
            "thank",
            "please",
            "stop",
            "wait",
            "help",
            "what",
            "why",
            "haan",
            "nahi",
            "ji");

    private static final Set<String> DIGITS = Set.of(
            "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "triple");

    /** Digits of a national telephone number in most of the world, India and North America among it. */
    private static final int NUMBER_LENGTH = 10;

    /** Judges a transcript. */
    public static Thought of(String text, Expected expected) {
        List<String> words = Words.of(text);
        if (words.isEmpty()) {
            return NOTHING;
        }
        String last = words.getLast();
        if (FILLERS.contains(last)) {
            return HESITATING;
        }
        String trimmed = text.strip();
        boolean question = trimmed.endsWith("?");
        if (trimmed.endsWith(",") || trimmed.endsWith("-") || trimmed.endsWith("...") || trimmed.endsWith("…")) {
            return UNFINISHED;
        }
        int dictated = dictatedDigits(words);
        if (dictated > 0 && dictated < NUMBER_LENGTH && (dictated >= 3 || expected == Expected.VALUE)) {
            return DICTATING;
        }
        if (CANNOT_END.contains(last)
                && !(question && ENDS_A_QUESTION.contains(last))
                && !(words.size() >= 2
                        && ENDS_AFTER_PRONOUN.contains(last)
                        && PRONOUNS.contains(words.get(words.size() - 2)))) {
            return UNFINISHED;
        }
        if (question
                || dictated >= NUMBER_LENGTH
                || words.size() >= 3
                || WHOLE.contains(last)
                || WHOLE.contains(words.getFirst())) {
            return FINISHED;
        }
        return switch (expected) {
            case VALUE, YES_OR_NO -> FINISHED;
            case ANYTHING, NOTHING -> OPEN;
        };
    }

    /** How many digits the text ends in, spoken one by one or grouped; 0 where they are a time, a date or an amount. */
    private static int dictatedDigits(List<String> words) {
        int digits = 0;
        int groups = 0;
        for (int i = words.size() - 1; i >= 0; i--) {
            String word = words.get(i);
            if (DIGITS.contains(word)) {
                digits++;
            } else if (word.chars().allMatch(c -> Character.isDigit(c) || c == '-')) {
                digits += (int) word.chars().filter(Character::isDigit).count();
            } else {
                break;
            }
            groups++;
        }
        // "At ten", "on the 24", "10 30": a value, not a dictation.
        return groups >= 3 || digits >= 5 ? digits : 0;
    }
}
