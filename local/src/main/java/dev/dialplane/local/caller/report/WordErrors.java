package dev.dialplane.local.caller.report;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How many words were heard wrong: the edit distance in words between what was said and what was heard, after case,
 * punctuation and the spelling of small numbers are made equal.
 *
 * @param words in what was said
 * @param errors words put in, left out or replaced
 */
public record WordErrors(int words, int errors) {
    /** Nothing said. */
    public static final WordErrors NONE = new WordErrors(0, 0);

    private static final Pattern NUMBER = Pattern.compile("\\b[0-9]{1,2}\\b");
    private static final List<String> ONES = List.of(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
                    .split(" "));
    private static final List<String> TENS =
            List.of("twenty thirty forty fifty sixty seventy eighty ninety".split(" "));

    /** Compares two texts. */
    public static WordErrors between(String said, String heard) {
        List<String> reference = words(said);
        List<String> hypothesis = words(heard);
        int[] row = new int[hypothesis.size() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= reference.size(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (reference.get(i - 1).equals(hypothesis.get(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return new WordErrors(reference.size(), row[hypothesis.size()]);
    }

    /** Both together. */
    public WordErrors plus(WordErrors other) {
        return new WordErrors(words + other.words, errors + other.errors);
    }

    /** The share of words that are right, 0 to 1; 1 where nothing was said and nothing heard. */
    public double accuracy() {
        return words == 0 ? (errors == 0 ? 1 : 0) : Math.max(0, 1 - (double) errors / words);
    }

    static List<String> words(String text) {
        String plain = text.toLowerCase(Locale.ROOT)
                .replace("'", "")
                .replace("\u2019", "")
                .replace("%", " percent ");
        plain = NUMBER.matcher(plain).replaceAll(WordErrors::spelled);
        plain = plain.replaceAll("[^\\p{L}\\p{N}]+", " ")
                .replace("good bye", "goodbye")
                .strip();
        return plain.isEmpty() ? List.of() : Stream.of(plain.split(" ")).toList();
    }

    private static String spelled(MatchResult number) {
        int value = Integer.parseInt(number.group());
        if (value < ONES.size()) {
            return ONES.get(value);
        }
        String tens = TENS.get(value / 10 - 2);
        return value % 10 == 0 ? tens : tens + " " + ONES.get(value % 10);
    }
}
