package dev.dialplane.inference.answers.value;

import dev.dialplane.contracts.common.v1.SlotType;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a caller gave for a slot.
 *
 * @param canonical for machines: ISO 8601 dates and times, digits, yes or no
 * @param spoken for ears
 */
public record SlotValue(String canonical, String spoken) {
    private static final int MAX_TEXT = 200;
    private static final Pattern LEAD_IN = Pattern.compile(
            "^(?:(?:um+|uh+|er+|well|so|okay|ok|yes|sure|hi|hello)[,.]? )*"
                    + "(?:(?:my|the) [a-z]+(?: [a-z]+)? (?:is|would be)|it is|it's|its|this is|i am|i'm|that's|that is|that would be|call me|you can (?:call|put)|put|make it)? ?",
            Pattern.CASE_INSENSITIVE);

    /**
     * The value of a type in what was said.
     *
     * @param asked whether it was asked for: a bare number is a time then, and any words a text
     */
    public static Optional<Found<SlotValue>> find(
            SlotType type, String text, Words words, LocalDate today, boolean asked) {
        return switch (type) {
            case SLOT_TYPE_DATE -> Dates.find(words, today).map(it -> with(it, of(it.value(), today)));
            case SLOT_TYPE_TIME -> Times.find(words, asked).map(it -> with(it, of(it.value())));
            case SLOT_TYPE_PHONE -> Numbers.telephone(words).map(it -> with(it, new SlotValue(it.value(), it.value())));
            case SLOT_TYPE_NUMBER ->
                asked
                        ? Numbers.find(words)
                                .map(it ->
                                        with(it, new SlotValue(String.valueOf(it.value()), String.valueOf(it.value()))))
                        : Optional.empty();
            case SLOT_TYPE_YES_NO ->
                asked && Polarity.of(text) != Polarity.UNSAID
                        ? Optional.of(new Found<>(yesNo(Polarity.of(text)), 0, words.size()))
                        : Optional.empty();
            case SLOT_TYPE_TEXT, SLOT_TYPE_UNSPECIFIED, UNRECOGNIZED -> asked ? text(text, words) : Optional.empty();
        };
    }

    private static SlotValue yesNo(Polarity polarity) {
        String word = polarity == Polarity.YES ? "yes" : "no";
        return new SlotValue(word, word);
    }

    private static Optional<Found<SlotValue>> text(String text, Words words) {
        String said = LEAD_IN.matcher(text.strip())
                .replaceFirst("")
                .replaceAll("[.!?,;]+$", "")
                .strip();
        if (said.isEmpty() || said.length() > MAX_TEXT) {
            return Optional.empty();
        }
        return Optional.of(new Found<>(new SlotValue(said, said), 0, words.size()));
    }

    private static Found<SlotValue> with(Found<?> found, SlotValue value) {
        return new Found<>(value, found.start(), found.end());
    }

    /** A day: "Tuesday, the 24th of November", with its year if that is another one. */
    public static SlotValue of(LocalDate date, LocalDate today) {
        String spoken = date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                + ", the " + date.getDayOfMonth() + suffix(date.getDayOfMonth()) + " of "
                + date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH)
                + (date.getYear() == today.getYear() || date.isBefore(today.plusMonths(6)) ? "" : " " + date.getYear());
        return new SlotValue(date.toString(), spoken);
    }

    private static String suffix(int day) {
        if (day >= 11 && day <= 13) {
            return "th";
        }
        return switch (day % 10) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }

    /** A time: "10:30 in the morning", "4 in the afternoon", "12 noon". */
    public static SlotValue of(LocalTime time) {
        String canonical = time.toString().substring(0, 5);
        if (time.equals(LocalTime.NOON) || time.equals(LocalTime.MIDNIGHT)) {
            return new SlotValue(canonical, time.equals(LocalTime.NOON) ? "12 noon" : "midnight");
        }
        int hour = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        String clock = time.getMinute() == 0 ? String.valueOf(hour) : "%d:%02d".formatted(hour, time.getMinute());
        String part;
        if (time.getHour() < 12) {
            part = " in the morning";
        } else if (time.getHour() < 17) {
            part = " in the afternoon";
        } else {
            part = time.getHour() < 21 ? " in the evening" : " at night";
        }
        return new SlotValue(canonical, clock + part);
    }
}
