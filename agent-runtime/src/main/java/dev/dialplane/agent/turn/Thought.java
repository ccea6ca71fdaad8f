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
    /** Cannot end here: a conjunction, a preposition, an article. */
    UNFINISHED,
    /** Ends in a comma: the voice stays up, within a list, or at the end of what is only said politely. */
    COMMA,
    /** Digits are being dictated, and more may come. */
    DICTATING,
    /** May go on or not. */
    OPEN,
    FINISHED;

    /** What the agent's last words ask for. */
    public enum Expected {
        ANYTHING,
        YES_OR_NO,
        /** A day, a time, a name, a number. */
        VALUE,
        NOTHING
    }

    private static final Set<String> FILLERS = words("um umm uh uhh uhm er erm hmm hm mm mmm");

    private static final Set<String> CANNOT_END =
            words("and but or so because if when while which who whose than although"
                    + " though until unless since whether the a an to of for from with without at by into onto between during about"
                    + " on in past half-past quarter-past quarter-to my your our their his its every some any very maybe actually"
                    + " basically also i we he they i'm i'd i'll i've we're we'd it's there's that's let's is are was were be been"
                    + " am would could should will can may might must have has had want need like");

    /** A question that ends in one of these is whole: "What is it for?", "Who should I speak to?" */
    private static final Set<String> ENDS_A_QUESTION =
            words("to of for from with at by about on in is are am was were be i"
                    + " we he they can will would could may have has like need want");

    /** "Yes, I am.", "I think we can.": whole when a pronoun carries the verb at the end. */
    private static final Set<String> ENDS_AFTER_PRONOUN =
            words("is are am was were would could should will can have has had might may");

    /** "That is what I need.", "That's all I want.": whole when these take up what was said before. */
    private static final Set<String> WANTED = words("need want like");

    private static final Set<String> TAKES_UP = words("what whatever all everything anything one");

    /** "because we can", "and I was": the verb is only the beginning. */
    private static final Set<String> BEGINS_A_CLAUSE = words("and but or so because whether if since which who");

    private static final Set<String> PRONOUNS = words("i you he she it we they that this there");

    /** Said alone, first or last, these are a turn. */
    private static final Set<String> WHOLE = words("yes no yeah yep yup nope nah okay ok sure right correct exactly"
            + " absolutely hello hi hey bye goodbye thanks thank please stop wait help haan nahi ji");

    /** They close a sentence of at least {@value #POLITE} words, however the voice stays up: nothing is added to a "please". */
    private static final Set<String> POLITE_ENDS = words("please thanks bye goodbye");

    private static final int POLITE = 3;

    /** Said alone, these ask back; within a sentence they join. */
    private static final Set<String> ASKS_BACK = words("what why");

    /** What announces that something follows, though a recognizer puts a period or a question mark after it. */
    private static final List<String> LEADS_ON = List.of(
            " can you check",
            " could you check",
            " can you find out",
            " could you find out",
            " can you tell me",
            " could you tell me",
            " please tell me",
            " no i mean",
            " well i mean",
            " i was wondering",
            " i wanted to ask",
            " i want to know",
            " do you know",
            " can i speak",
            " could i speak",
            " may i speak",
            " let me see",
            " the name is",
            " my name is",
            " the address is",
            " the number is",
            " my number is");

    /** What is only announced: it follows, unless the speaker waits to be asked for it. */
    private static final List<String> ANNOUNCES = List.of(
            " i have a question",
            " i have two questions",
            " one more question",
            " another question",
            " one more thing");

    /** Whoever asks whether something is so, and ends in a preposition, has not said of what: "Could I speak to?" */
    private static final Set<String> ASKS_WHETHER =
            words("is are was were do does did can could may might will would should have has");

    private static final Set<String> NEEDS_AN_OBJECT = words("to of for from with at");
    private static final Set<String> NAMES_IT_BEFORE = words("what who whom which where when how whose");
    /** In a longer question the preposition may belong to something named before: "Is there somebody I can talk to?" */
    private static final int SHORT_QUESTION = 6;

    private static final Set<String> DIGITS =
            words("zero oh one two three four five six seven eight nine double triple");

    /** Digits of a national telephone number in most of the world, India and North America among it. */
    private static final int NUMBER_LENGTH = 10;

    /** Whether it is likely enough to be all that a reply to it may be begun, though not said. */
    public boolean mayBeAll() {
        return this == FINISHED || this == OPEN;
    }

    /** Judges a transcript. */
    public static Thought of(String text, Expected expected) {
        List<String> words = Words.of(text);
        if (words.isEmpty()) {
            return NOTHING;
        }
        if (FILLERS.contains(words.getLast())) {
            return HESITATING;
        }
        String trimmed = text.strip();
        if (brokenOff(trimmed)) {
            return UNFINISHED;
        }
        int dictated = dictatedDigits(words);
        if (dictated > 0 && dictated < NUMBER_LENGTH) {
            return DICTATING;
        }
        if (ends(words, LEADS_ON)) {
            return UNFINISHED;
        }
        boolean question = trimmed.endsWith("?");
        if (cannotEnd(words, question, expected) || lacksItsObject(words)) {
            return UNFINISHED;
        }
        boolean number = dictated >= NUMBER_LENGTH;
        if (trimmed.endsWith(",")) {
            return number ? OPEN : atComma(trimmed, words, expected);
        }
        if (ends(words, ANNOUNCES)) {
            return OPEN;
        }
        if (question || number || words.size() >= 3 || whole(words.getLast()) || whole(words.getFirst())) {
            return FINISHED;
        }
        return switch (expected) {
            case VALUE, YES_OR_NO -> FINISHED;
            case ANYTHING, NOTHING -> OPEN;
        };
    }

    private static boolean ends(List<String> words, List<String> endings) {
        String end = " " + String.join(" ", words);
        return endings.stream().anyMatch(end::endsWith);
    }

    private static boolean lacksItsObject(List<String> words) {
        return words.size() <= SHORT_QUESTION
                && ASKS_WHETHER.contains(words.getFirst())
                && NEEDS_AN_OBJECT.contains(words.getLast())
                && words.stream().noneMatch(NAMES_IT_BEFORE::contains);
    }

    private static boolean brokenOff(String trimmed) {
        return trimmed.endsWith("-")
                || trimmed.endsWith("–")
                || trimmed.endsWith("—")
                || trimmed.endsWith("...")
                || trimmed.endsWith("…");
    }

    private static boolean whole(String word) {
        return WHOLE.contains(word) || ASKS_BACK.contains(word);
    }

    private static boolean cannotEnd(List<String> words, boolean question, Expected expected) {
        String last = words.getLast();
        if (!CANNOT_END.contains(last) || question && ENDS_A_QUESTION.contains(last)) {
            return false;
        }
        // "On the second of May."
        return SpokenTime.atEnd(words) == SpokenTime.NONE && !carriedByPronoun(words, expected);
    }

    private static boolean carriedByPronoun(List<String> words, Expected expected) {
        int size = words.size();
        if (size < 2 || !PRONOUNS.contains(words.get(size - 2))) {
            return false;
        }
        String last = words.getLast();
        if (size == 2) {
            // "It is" begins the value that was asked for.
            return ENDS_AFTER_PRONOUN.contains(last) && expected != Expected.VALUE;
        }
        String before = words.get(size - 3);
        if (WANTED.contains(last)) {
            return TAKES_UP.contains(before);
        }
        // "Tomorrow, if you can." is only polite.
        boolean begins =
                BEGINS_A_CLAUSE.contains(before) && !words.get(size - 2).equals("you");
        return ENDS_AFTER_PRONOUN.contains(last) && !begins;
    }

    /**
     * A recognizer writes a comma where the voice stays up, and that is how many a finished utterance ends: "I would like
     * to book an appointment, please,". So a comma alone says little; the words before it do.
     */
    private static Thought atComma(String trimmed, List<String> words, Expected expected) {
        int size = words.size();
        String last = words.getLast();
        boolean thanks = size >= 2 && words.get(size - 2).equals("thank") && last.equals("you");
        if (size >= POLITE && (thanks || POLITE_ENDS.contains(last))) {
            return FINISHED;
        }
        if (thanks || WHOLE.contains(last)) {
            return OPEN;
        }
        if (expected != Expected.VALUE) {
            return COMMA;
        }
        SpokenTime value = SpokenTime.atEnd(words);
        if (value == SpokenTime.NONE || value == beforeLastPart(trimmed)) {
            return COMMA;
        }
        return SpokenTime.isWhole(words) ? FINISHED : OPEN;
    }

    /** What the part before the last one ends in: "Monday, Tuesday," is a list, and lists go on. */
    private static SpokenTime beforeLastPart(String trimmed) {
        String[] parts = trimmed.split(",");
        return parts.length < 2 ? SpokenTime.NONE : SpokenTime.atEnd(Words.of(parts[parts.length - 2]));
    }

    /** How many digits the text ends in, spoken one by one or grouped; 0 where they are a time, a date or an amount. */
    private static int dictatedDigits(List<String> words) {
        int digits = 0;
        int groups = 0;
        for (int i = words.size() - 1; i >= 0; i--) {
            String word = words.get(i);
            if (DIGITS.contains(word)) {
                // "Triple five": the five is counted by itself.
                digits += word.equals("triple") ? 2 : 1;
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

    private static Set<String> words(String spaced) {
        return Set.of(spaced.split(" "));
    }
}
