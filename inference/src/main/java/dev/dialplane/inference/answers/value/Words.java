package dev.dialplane.inference.answers.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a caller said, word by word in lower case: punctuation is dropped, "p.m." is one word, and so are "10:30" and
 * "24/11". Words that were understood can be blanked out, so that nothing is understood twice.
 */
public final class Words {
    /** Stands where understood words were; no rule matches it. */
    private static final String GONE = "\u0000";

    private static final Pattern WORD = Pattern.compile(
            "\\d{1,2}[:.]\\d{2}|\\d{1,4}[/-]\\d{1,2}(?:[/-]\\d{2,4})?|[ap]\\.?m\\b\\.?|\\+?\\d+(?:st|nd|rd|th)?|[a-z]+(?:['’][a-z]+)*");

    private static final Map<String, Integer> UNITS = Map.ofEntries(
            Map.entry("zero", 0),
            Map.entry("one", 1),
            Map.entry("two", 2),
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("eight", 8),
            Map.entry("nine", 9),
            Map.entry("ten", 10),
            Map.entry("eleven", 11),
            Map.entry("twelve", 12),
            Map.entry("thirteen", 13),
            Map.entry("fourteen", 14),
            Map.entry("fifteen", 15),
            Map.entry("sixteen", 16),
            Map.entry("seventeen", 17),
            Map.entry("eighteen", 18),
            Map.entry("nineteen", 19));
    private static final Map<String, Integer> TENS = Map.of(
            "twenty", 20, "thirty", 30, "forty", 40, "fifty", 50, "sixty", 60, "seventy", 70, "eighty", 80, "ninety",
            90);
    private static final Map<String, Integer> ORDINALS = Map.ofEntries(
            Map.entry("first", 1),
            Map.entry("second", 2),
            Map.entry("third", 3),
            Map.entry("fourth", 4),
            Map.entry("fifth", 5),
            Map.entry("sixth", 6),
            Map.entry("seventh", 7),
            Map.entry("eighth", 8),
            Map.entry("ninth", 9),
            Map.entry("tenth", 10),
            Map.entry("eleventh", 11),
            Map.entry("twelfth", 12),
            Map.entry("thirteenth", 13),
            Map.entry("fourteenth", 14),
            Map.entry("fifteenth", 15),
            Map.entry("sixteenth", 16),
            Map.entry("seventeenth", 17),
            Map.entry("eighteenth", 18),
            Map.entry("nineteenth", 19),
            Map.entry("twentieth", 20),
            Map.entry("thirtieth", 30));

    /** A number and how many words it took. */
    record Count(int value, int length) {}

    private final List<String> words;

    private Words(List<String> words) {
        this.words = words;
    }

    public static Words of(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            String word = matcher.group().replace('’', '\'');
            words.add(word.matches("[ap]\\.?m\\.?") ? word.replace(".", "") : word);
        }
        return new Words(words);
    }

    public int size() {
        return words.size();
    }

    /** The word at a place; empty beyond the ends. */
    String at(int index) {
        return index >= 0 && index < words.size() ? words.get(index) : "";
    }

    /** Whether these words stand from {@code index} on. */
    boolean are(int index, String... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (!at(index + i).equals(expected[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is one of these words. */
    public boolean hold(String... any) {
        return List.of(any).stream().anyMatch(words::contains);
    }

    /** The same words without those in the range. */
    public Words without(int start, int end) {
        List<String> rest = new ArrayList<>(words);
        for (int i = Math.max(0, start); i < Math.min(end, rest.size()); i++) {
            rest.set(i, GONE);
        }
        return new Words(rest);
    }

    /** A cardinal number from 0 to 99 at a place: "12", "twelve", "twenty three"; its length is 0 if there is none. */
    Count cardinal(int index) {
        String word = at(index);
        if (word.matches("\\d{1,2}")) {
            return new Count(Integer.parseInt(word), 1);
        }
        Integer unit = UNITS.get(word);
        if (unit != null) {
            return new Count(unit, 1);
        }
        Integer tens = TENS.get(word);
        if (tens == null) {
            return new Count(0, 0);
        }
        Integer after = UNITS.get(at(index + 1));
        return after != null && after > 0 && after < 10 ? new Count(tens + after, 2) : new Count(tens, 1);
    }

    /** A number of any size at a place, up to thousands: "250", "two hundred and fifty". */
    Count number(int index) {
        if (at(index).matches("\\d{1,9}")) {
            return new Count(Integer.parseInt(at(index)), 1);
        }
        Count first = cardinal(index);
        if (first.length() == 0) {
            return first;
        }
        int value = first.value();
        int length = first.length();
        for (Map.Entry<String, Integer> scale : List.of(Map.entry("thousand", 1000), Map.entry("hundred", 100))) {
            if (at(index + length).equals(scale.getKey())) {
                value *= scale.getValue();
                length++;
                int next = length + (at(index + length).equals("and") ? 1 : 0);
                Count rest = scale.getValue() == 1000 ? number(index + next) : cardinal(index + next);
                if (rest.length() > 0) {
                    value += rest.value();
                    length = next + rest.length();
                }
                break;
            }
        }
        return new Count(value, length);
    }

    /** An ordinal number from 1 to 99 at a place: "3rd", "third", "twenty third". */
    Count ordinal(int index) {
        String word = at(index);
        if (word.matches("\\d{1,2}(st|nd|rd|th)")) {
            return new Count(Integer.parseInt(word.substring(0, word.length() - 2)), 1);
        }
        Integer ordinal = ORDINALS.get(word);
        if (ordinal != null) {
            return new Count(ordinal, 1);
        }
        Integer tens = TENS.get(word);
        Integer after = ORDINALS.get(at(index + 1));
        if (tens != null && after != null && after < 10) {
            return new Count(tens + after, 2);
        }
        return new Count(0, 0);
    }

    /** The value of one digit's word, also "oh". */
    OptionalInt digit(int index) {
        String word = at(index);
        if (word.equals("oh") || word.equals("o")) {
            return OptionalInt.of(0);
        }
        Integer unit = UNITS.get(word);
        return unit != null && unit < 10 ? OptionalInt.of(unit) : OptionalInt.empty();
    }
}
