package dev.dialplane.agent.turn;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The kind of day, date or time that an English utterance ends in: enough to tell that an answer to "when?" is complete. */
enum SpokenTime {
    NONE,
    /** "Tuesday", "tomorrow", "next week". */
    DAY,
    /** "The fifth of May", "May 5", "the 5th". */
    DATE,
    /** "Half-past ten", "at 10:30", "noon", "ten p.m.". */
    CLOCK,
    /** "In the morning", "tomorrow night". */
    PART_OF_DAY;

    private static final Set<String> DAYS =
            words("monday tuesday wednesday thursday friday saturday sunday mondays tuesdays"
                    + " wednesdays thursdays fridays saturdays sundays today tomorrow tonight");

    private static final Set<String> SPANS = words("week weekend month year");
    private static final Set<String> WHICH = words("this next coming following");

    private static final Set<String> MONTHS =
            words("january february march april june july august september october" + " november december");

    /** Before the verb "may" none of these stands. */
    private static final Set<String> BEFORE_MAY = words("of in next last early late mid");

    private static final Set<String> ORDINALS = words("first second third fourth fifth sixth seventh eighth ninth tenth"
            + " eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
            + " twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
            + " twenty-eighth twenty-ninth thirtieth thirty-first");

    private static final Pattern ORDINAL = Pattern.compile("\\d{1,2}(st|nd|rd|th)");

    private static final Set<String> PARTS_OF_DAY = words("morning afternoon evening night lunchtime");

    private static final Set<String> TIMES = words("o'clock noon midnight midday");
    private static final Set<String> HALVES = words("am pm a.m p.m");
    private static final Pattern TIME = Pattern.compile("\\d{1,2}([:.]\\d{2})?(am|pm|a\\.m|p\\.m)|\\d{1,2}:\\d{2}");

    private static final Set<String> NUMBERS =
            words("one two three four five six seven eight nine ten eleven twelve fifteen"
                    + " twenty thirty forty forty-five fifty");

    /** After one of these a number is a time. */
    private static final Set<String> BEFORE_A_TIME =
            words("at past to around about by after before until till from for" + " half-past quarter-past quarter-to");

    /** What the words end in. */
    static SpokenTime atEnd(List<String> words) {
        if (words.isEmpty()) {
            return NONE;
        }
        String last = words.getLast();
        String before = before(words, 1);
        if (DAYS.contains(last) || SPANS.contains(last) && WHICH.contains(before)) {
            return DAY;
        }
        if (PARTS_OF_DAY.contains(last)) {
            // "Good morning" is a greeting.
            return before.equals("good") ? NONE : PART_OF_DAY;
        }
        // "I am" is none, but nothing else is written "a.m.".
        boolean half = HALVES.contains(last) && (last.contains(".") || number(before));
        if (half || TIMES.contains(last) || TIME.matcher(last).matches()) {
            return CLOCK;
        }
        if (month(words, words.size() - 1)
                || ordinal(last) && (before.equals("the") || month(words, words.size() - 2))) {
            return DATE;
        }
        return number(last) ? beforeNumbers(words) : NONE;
    }

    /** Whether the words end in a time of day to which nothing can be added: "half-past ten in the morning", "ten a.m.". */
    static boolean isWhole(List<String> words) {
        int size = words.size();
        String last = words.getLast();
        if (PARTS_OF_DAY.contains(last)) {
            int in = last.equals("night") || size < 2 || !words.get(size - 2).equals("the") ? size - 2 : size - 3;
            return in > 0 && atEnd(words.subList(0, in)) == CLOCK;
        }
        return atEnd(words) == CLOCK && HALVES.contains(last);
    }

    /** "Half-past ten", "at ten thirty", "May 5": what stands before the numbers says what they are. */
    private static SpokenTime beforeNumbers(List<String> words) {
        int first = words.size() - 1;
        while (first > 0 && number(words.get(first - 1))) {
            first--;
        }
        if (first == 0) {
            return NONE;
        }
        if (BEFORE_A_TIME.contains(words.get(first - 1))) {
            return CLOCK;
        }
        return month(words, first - 1) ? DATE : NONE;
    }

    private static boolean month(List<String> words, int at) {
        if (at < 0) {
            return false;
        }
        String word = words.get(at);
        if (!word.equals("may")) {
            return MONTHS.contains(word);
        }
        String before = at == 0 ? "" : words.get(at - 1);
        boolean dayFollows = at + 1 < words.size() && (number(words.get(at + 1)) || ordinal(words.get(at + 1)));
        return dayFollows || BEFORE_MAY.contains(before) || number(before) || ordinal(before);
    }

    private static boolean ordinal(String word) {
        return ORDINALS.contains(word) || ORDINAL.matcher(word).matches();
    }

    private static boolean number(String word) {
        return NUMBERS.contains(word)
                || !word.isEmpty() && word.length() <= 2 && word.chars().allMatch(Character::isDigit);
    }

    private static String before(List<String> words, int steps) {
        return words.size() > steps ? words.get(words.size() - 1 - steps) : "";
    }

    private static Set<String> words(String spaced) {
        return Set.of(spaced.split(" "));
    }
}
