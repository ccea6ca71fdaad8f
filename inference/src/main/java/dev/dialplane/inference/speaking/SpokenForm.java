package dev.dialplane.inference.speaking;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text as it is read aloud: times, telephone numbers and amounts written out word by word, the rest as it is.
 *
 * <p>Each word of the text keeps its place, whatever it is written out as, so that speech can be traced back to the text.
 */
public final class SpokenForm {
    private static final Pattern CLOCK =
            Pattern.compile("(\\d{1,2})[:.](\\d{2})(am|pm|a\\.m\\.?|p\\.m\\.?)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ORDINAL = Pattern.compile("(\\d{1,2})(?:st|nd|rd|th)", Pattern.CASE_INSENSITIVE);
    private static final Pattern DIGITS = Pattern.compile("\\+?\\d[\\d-]*");
    private static final Pattern AMOUNT = Pattern.compile("(₹|\\$|€|£)([\\d,]+)");
    private static final int TELEPHONE_DIGITS = 6;
    private static final String[] UNITS = {
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen"
    };
    private static final String[] TENS = {"", "", "twenty", "thirty", "forty", "fifty"};
    private static final String[] ORDINALS = {
        "zeroth",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth"
    };

    private record Word(int start, int end, String spoken) {}

    private final List<Word> words;

    private SpokenForm(List<Word> words) {
        this.words = words;
    }

    public static SpokenForm of(String text) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = Pattern.compile("\\S+").matcher(text);
        while (matcher.find()) {
            words.add(new Word(matcher.start(), matcher.end(), spoken(matcher.group())));
        }
        return new SpokenForm(words);
    }

    /** What is read aloud. */
    public String text() {
        return String.join(" ", words.stream().map(Word::spoken).toList());
    }

    /**
     * Which samples speak which word, if each sound takes as long as any other.
     *
     * @param phonemes of {@link #text()}, words apart
     */
    public List<Spoken.Span> spans(int samples, String phonemes) {
        double[] weights = weights(phonemes.split("\\s+"));
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        List<Spoken.Span> spans = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < weights.length; i++) {
            double end = at + weights[i];
            Word word = words.get(i);
            spans.add(new Spoken.Span(
                    word.start(), word.end(), (int) (samples * at / total), (int) (samples * end / total)));
            at = end;
        }
        return List.copyOf(spans);
    }

    /** By phonemes where they are one group a spoken word, by letters otherwise. */
    private double[] weights(String[] groups) {
        double[] weights = new double[words.size()];
        int spokenWords =
                words.stream().mapToInt(word -> word.spoken().split(" ").length).sum();
        int next = 0;
        for (int i = 0; i < weights.length; i++) {
            String spoken = words.get(i).spoken();
            int count = spoken.split(" ").length;
            for (int k = 0; k < count && spokenWords == groups.length; k++) {
                weights[i] += groups[next++].length() + 1;
            }
            if (spokenWords != groups.length) {
                weights[i] = spoken.length() + 1;
            }
        }
        return weights;
    }

    private static String spoken(String word) {
        int end = word.length();
        while (end > 0 && ".,;:!?\"')”’".indexOf(word.charAt(end - 1)) >= 0) {
            end--;
        }
        int start = 0;
        while (start < end && "\"'(“‘".indexOf(word.charAt(start)) >= 0) {
            start++;
        }
        String core = word.substring(start, end);
        return word.substring(0, start) + core(core) + word.substring(end);
    }

    private static String core(String core) {
        Matcher clock = CLOCK.matcher(core);
        if (clock.matches()) {
            int hour = Integer.parseInt(clock.group(1));
            int minute = Integer.parseInt(clock.group(2));
            if (hour <= 24 && minute < 60) {
                String half = clock.group(3) == null
                        ? ""
                        : Character.toLowerCase(clock.group(3).charAt(0)) == 'a' ? " a m" : " p m";
                return clock(hour, minute) + half;
            }
        }
        Matcher ordinal = ORDINAL.matcher(core);
        if (ordinal.matches()) {
            return ordinal(Integer.parseInt(ordinal.group(1)));
        }
        Matcher amount = AMOUNT.matcher(core);
        if (amount.matches()) {
            String currency = switch (amount.group(1)) {
                case "₹" -> "rupees";
                case "$" -> "dollars";
                case "€" -> "euros";
                default -> "pounds";
            };
            return amount.group(2).replace(",", "") + " " + currency;
        }
        if (DIGITS.matcher(core).matches()
                && core.chars().filter(Character::isDigit).count() >= TELEPHONE_DIGITS) {
            return digits(core);
        }
        return core;
    }

    /** A time of day: "ten thirty", "nine oh five", "nine o'clock". */
    public static String clock(int hour, int minute) {
        String hours = number(hour);
        if (minute == 0) {
            return hours + " o'clock";
        }
        return hours + (minute < 10 ? " oh " : " ") + number(minute);
    }

    /** 0 to 59 in words. */
    public static String number(int value) {
        if (value < UNITS.length) {
            return UNITS[value];
        }
        String tens = TENS[value / 10];
        return value % 10 == 0 ? tens : tens + "-" + UNITS[value % 10];
    }

    /** 1st to 59th in words. */
    public static String ordinal(int value) {
        if (value < ORDINALS.length) {
            return ORDINALS[value];
        }
        if (value % 10 == 0) {
            return TENS[value / 10].replaceAll("y$", "ieth");
        }
        return TENS[value / 10] + "-" + ORDINALS[value % 10];
    }

    /** A telephone number digit by digit, with a short pause after every third or so. */
    public static String digits(String number) {
        String digits = number.replaceAll("\\D", "");
        StringBuilder spoken = new StringBuilder(number.startsWith("+") ? "plus " : "");
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0) {
                int left = digits.length() - i;
                spoken.append(
                        left % 5 == 0 && digits.length() % 5 == 0 || left % 4 == 0 && digits.length() % 5 != 0
                                ? ", "
                                : " ");
            }
            spoken.append(UNITS[digits.charAt(i) - '0']);
        }
        return spoken.toString();
    }
}
