package dev.dialplane.inference.speaking.wording;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a word that is written in figures means. */
public sealed interface Figure {

    /** A time of day; {@code half} says which half of the day is meant, if the word says so. */
    record Clock(int hour, int minute, Half half) implements Figure {}

    /** A half of the day. */
    enum Half {
        BEFORE_NOON,
        AFTER_NOON,
        UNSAID
    }

    /** A sum of money, of a currency's ISO 4217 code; {@code scale} is a word such as lakh, or empty. */
    record Money(String currency, BigDecimal amount, String scale) implements Figure {
        /** Whole units of the currency. */
        long whole() {
            return amount.longValue();
        }

        /** What is over, in hundredths. */
        long hundredths() {
            return amount.subtract(BigDecimal.valueOf(whole()))
                    .movePointRight(2)
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValue();
        }
    }

    /** A number, and the unit that is written with it; empty without one. */
    record Number(BigDecimal value, String unit) implements Figure {}

    /** From a number to another. */
    record Range(BigDecimal from, BigDecimal to) implements Figure {}

    /** A place in an order; {@code ending} as it is written after the figures. */
    record Ordinal(int value, String ending) implements Figure {}

    /** Figures that are said one by one: a telephone number, a code. */
    record Digits(String digits, boolean plus) implements Figure {}

    /** A day. */
    record Day(LocalDate date) implements Figure {}

    /** What may be written after the hour, or the minutes. */
    String OF_CLOCK = "am|pm|a\\.m\\.?|p\\.m\\.?|o'clock|o’clock|बजे";

    Pattern CLOCK =
            Pattern.compile("(\\d{1,2})(?:([:.])(\\d{2}))?(?:\\s*(" + OF_CLOCK + "))?", Pattern.CASE_INSENSITIVE);
    Pattern ORDINAL = Pattern.compile("(\\d{1,4})(st|nd|rd|th|वाँ|वां|वें|वीं|वी)", Pattern.CASE_INSENSITIVE);
    Pattern NUMBER = Pattern.compile("(\\d{1,3}(?:,\\d{2,3})+|\\d+)(\\.\\d{1,6})?");
    Pattern MEASURE = Pattern.compile("(" + NUMBER.pattern() + ")(%|°C|°F|km|kg|cm|mm|min|hrs?)");
    /** What is written before a sum. */
    String CURRENCIES = "₹|\\$|€|£|Rs\\.?|INR|रु\\.?";

    /** Words that make a sum larger, and stand before its currency when it is said; ड़ and ज़ may be one letter or two. */
    String SCALES =
            "lakhs?|crores?|thousand|million|billion|लाख|करो(?:\\u0921\\u093C|\\u095C|ड)|ह(?:\\u091C\\u093C|\\u095B|ज)ार";

    Pattern MONEY = Pattern.compile(
            "(" + CURRENCIES + ")\\s*(" + NUMBER.pattern() + ")(?:/-)?(?:\\s+(" + SCALES + "))?",
            Pattern.CASE_INSENSITIVE);
    Pattern RANGE = Pattern.compile("(\\d{1,3})[-–](\\d{1,3})");
    Pattern DIGITS = Pattern.compile("(\\+?)(\\d[\\d-]*)");
    Pattern ISO_DAY = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})");
    Pattern SLASH_DAY = Pattern.compile("(\\d{1,2})/(\\d{1,2})/(\\d{4})");

    /** As many are a telephone number or a code, unless they are grouped. */
    int MANY_DIGITS = 6;

    /** After these a number is a code. */
    Set<String> CODES = Set.of("otp", "pin", "code", "id", "ओटीपी", "पिन", "कोड");

    /** After these a number with a point is a time. */
    Set<String> AT = Set.of("at", "from", "till", "until", "by", "before", "after", "around");

    /** What is read as one word though it may be written with spaces in it: a sum with its currency, an hour. */
    Pattern WORD = Pattern.compile(
            "(?<!\\S)[\"'(“‘]*(?:" + CURRENCIES + ")\\s*\\p{Nd}[\\p{Nd},.]*(?:/-)?(?:\\s+(?:" + SCALES
                    + ")(?![\\p{L}\\p{M}]))?\\S*"
                    + "|(?<!\\S)[\"'(“‘]*\\p{Nd}{1,2}(?:[:.]\\p{Nd}{2})?\\s+(?:" + OF_CLOCK + ")(?![\\p{L}\\p{M}])\\S*"
                    + "|\\S+",
            Pattern.CASE_INSENSITIVE);

    /**
     * Reads a word.
     *
     * @param word without the punctuation around it
     * @param before the word before it, in small letters; empty if there is none
     * @param region whose order of day and month counts
     * @return empty if it is not written in figures, or in a way that is not known
     */
    static Optional<Figure> read(String word, String before, Locale region) {
        String plain = ascii(word);
        if (plain.chars().noneMatch(Character::isDigit)) {
            return Optional.empty();
        }
        Matcher clock = CLOCK.matcher(plain);
        if (clock.matches() && isTime(clock, before)) {
            return Optional.of(new Clock(Integer.parseInt(clock.group(1)), minutes(clock), half(clock.group(4))));
        }
        Matcher ordinal = ORDINAL.matcher(plain);
        if (ordinal.matches()) {
            return Optional.of(new Ordinal(Integer.parseInt(ordinal.group(1)), ordinal.group(2)));
        }
        Matcher money = MONEY.matcher(plain);
        if (money.matches()) {
            String scale = money.group(5) == null ? "" : money.group(5);
            return Optional.of(new Money(currency(money.group(1)), number(money.group(2)), scale));
        }
        Matcher measure = MEASURE.matcher(plain);
        if (measure.matches()) {
            return Optional.of(new Number(number(measure.group(1)), measure.group(4)));
        }
        Optional<Figure> day = day(plain, region);
        return day.isPresent() ? day : counted(plain, before);
    }

    private static Optional<Figure> counted(String plain, String before) {
        Matcher range = RANGE.matcher(plain);
        if (range.matches()) {
            return Optional.of(new Range(number(range.group(1)), number(range.group(2))));
        }
        Matcher digits = DIGITS.matcher(plain);
        if (digits.matches()) {
            String all = digits.group(2).replace("-", "");
            boolean code = all.length() >= MANY_DIGITS
                    || !digits.group(1).isEmpty()
                    || all.length() > 1 && all.startsWith("0")
                    || CODES.contains(before) && all.length() > 2;
            if (code) {
                return Optional.of(new Digits(all, !digits.group(1).isEmpty()));
            }
        }
        return NUMBER.matcher(plain).matches() ? Optional.of(new Number(number(plain), "")) : Optional.empty();
    }

    private static boolean isTime(Matcher clock, String before) {
        boolean written =
                clock.group(4) != null || ":".equals(clock.group(2)) || clock.group(2) != null && AT.contains(before);
        return written && Integer.parseInt(clock.group(1)) <= 24 && minutes(clock) < 60;
    }

    private static int minutes(Matcher clock) {
        return clock.group(3) == null ? 0 : Integer.parseInt(clock.group(3));
    }

    private static Half half(@Nullable String suffix) {
        char first = suffix == null ? ' ' : Character.toLowerCase(suffix.charAt(0));
        return first == 'a' ? Half.BEFORE_NOON : first == 'p' ? Half.AFTER_NOON : Half.UNSAID;
    }

    private static Optional<Figure> day(String plain, Locale region) {
        Matcher iso = ISO_DAY.matcher(plain);
        if (iso.matches()) {
            return date(iso.group(1), iso.group(2), iso.group(3));
        }
        Matcher slash = SLASH_DAY.matcher(plain);
        if (slash.matches()) {
            boolean monthFirst = region.getCountry().equals("US");
            return date(slash.group(3), slash.group(monthFirst ? 1 : 2), slash.group(monthFirst ? 2 : 1));
        }
        return Optional.empty();
    }

    private static Optional<Figure> date(String year, String month, String day) {
        try {
            return Optional.of(
                    new Day(LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day))));
        } catch (DateTimeException notADay) {
            return Optional.empty();
        }
    }

    private static BigDecimal number(String figures) {
        return new BigDecimal(figures.replace(",", ""));
    }

    private static String currency(String sign) {
        return switch (sign.charAt(0)) {
            case '$' -> "USD";
            case '€' -> "EUR";
            case '£' -> "GBP";
            default -> "INR";
        };
    }

    /** The same text with the digits of any script as those of ASCII. */
    private static String ascii(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (char letter : text.toCharArray()) {
            plain.append(Character.isDigit(letter) ? (char) ('0' + Character.digit(letter, 10)) : letter);
        }
        return plain.toString();
    }
}
