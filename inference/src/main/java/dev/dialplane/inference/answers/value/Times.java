package dev.dialplane.inference.answers.value;

import dev.dialplane.inference.answers.value.Words.Count;
import java.time.LocalTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Times of day as people say them: "10:30", "half past ten", "quarter to four", "four in the afternoon", "ten thirty",
 * "nine oh five", "5 pm", "noon".
 *
 * <p>An hour without any hint of the half of the day is taken within those of business: 8 to 11 in the morning, 12 to 7 in
 * the afternoon and evening.
 */
public final class Times {
    private static final int LATEST_MORNING = 11;
    private static final int EARLIEST_MORNING = 8;

    private enum Half {
        AM,
        PM,
        NIGHT
    }

    private Times() {}

    /**
     * The first time that is named.
     *
     * @param asked whether a time was asked for, so that a bare number is one
     */
    public static Optional<Found<LocalTime>> find(Words words, boolean asked) {
        for (int i = 0; i < words.size(); i++) {
            Optional<Found<LocalTime>> found = at(words, i, asked);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<Found<LocalTime>> at(Words words, int i, boolean asked) {
        if (words.at(i).matches("noon|midday")) {
            return Optional.of(new Found<>(LocalTime.NOON, i, i + 1));
        }
        if (words.are(i, "midnight")) {
            return Optional.of(new Found<>(LocalTime.MIDNIGHT, i, i + 1));
        }
        if (words.at(i).matches("\\d{1,2}[:.]\\d{2}")) {
            String[] parts = words.at(i).split("[:.]");
            return time(words, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), i, i + 1);
        }
        if (words.at(i).matches("half|quarter") || words.cardinal(i).length() > 0) {
            Optional<Found<LocalTime>> beside = pastOrTo(words, i);
            if (beside.isPresent()) {
                return beside;
            }
        }
        if (asked && words.at(i).matches("\\d{3,4}")) {
            int figures = Integer.parseInt(words.at(i));
            return time(words, figures / 100, figures % 100, i, i + 1);
        }
        return hour(words, i, asked);
    }

    /** "half past ten", "quarter to four", "ten minutes past nine". */
    private static Optional<Found<LocalTime>> pastOrTo(Words words, int i) {
        int next;
        int minutes;
        if (words.are(i, "half")) {
            minutes = 30;
            next = i + 1;
        } else if (words.are(i, "quarter")) {
            minutes = 15;
            next = i + 1;
        } else {
            Count count = words.cardinal(i);
            minutes = count.value();
            next = i + count.length();
            if (words.at(next).matches("minutes?")) {
                next++;
            }
        }
        boolean past = words.at(next).matches("past|after");
        boolean to = words.at(next).matches("to|before|till");
        Count hour = words.cardinal(next + 1);
        if (!past && !to || hour.length() == 0 || hour.value() > 12 || hour.value() == 0 || minutes > 59) {
            return Optional.empty();
        }
        int end = next + 1 + hour.length();
        if (past) {
            return time(words, hour.value(), minutes, i, end);
        }
        // A quarter to one in the afternoon is at 12:45: the half of the day is that of the hour that is named.
        return time(words, hour.value(), 0, i, end)
                .map(it -> new Found<>(it.value().minusMinutes(minutes), it.start(), it.end()));
    }

    /** "four", "four o'clock", "ten thirty", "nine oh five", if anything says that it is a time. */
    private static Optional<Found<LocalTime>> hour(Words words, int i, boolean asked) {
        Count hour = words.cardinal(i);
        if (hour.length() == 0 || hour.value() > 24 || hour.value() == 0) {
            return Optional.empty();
        }
        int end = i + hour.length();
        int minute = 0;
        boolean paired = false;
        if (words.at(end).matches("oh|o") && words.digit(end + 1).isPresent()) {
            minute = words.digit(end + 1).getAsInt();
            end += 2;
            paired = true;
        } else {
            Count minutes = words.cardinal(end);
            if (minutes.length() > 0 && minutes.value() >= 10 && minutes.value() < 60) {
                minute = minutes.value();
                end += minutes.length();
                paired = true;
            }
        }
        boolean oclock = words.at(end).matches("o'?clock");
        if (oclock) {
            end++;
        }
        boolean introduced = words.at(i - 1).matches("at|around|about|by|after|before");
        boolean said = oclock || half(words, end) != null && halfEnd(words, end) > end || introduced;
        boolean counts = words.at(end).matches("days?|weeks?|months?|years?|minutes?|hours?|people|persons?|of");
        return (said || asked) && !counts && (!paired || said || asked)
                ? time(words, hour.value(), minute, i, end)
                : Optional.empty();
    }

    private static Optional<Found<LocalTime>> time(Words words, int hour, int minute, int start, int end) {
        if (hour > 24 || minute > 59) {
            return Optional.empty();
        }
        int after = words.at(end).matches("o'?clock") ? end + 1 : end;
        Half half = half(words, after);
        int stop = half == null ? after : halfEnd(words, after);
        int first = start;
        if (half == null) {
            half = halfBefore(words);
        }
        return Optional.of(new Found<>(LocalTime.of(hourOfDay(hour, half), minute), first, stop));
    }

    private static int hourOfDay(int hour, @Nullable Half half) {
        if (hour > 12 || hour == 0) {
            return hour % 24;
        }
        if (half == null) {
            return hour >= EARLIEST_MORNING && hour <= LATEST_MORNING || hour == 12 ? hour : hour + 12;
        }
        return switch (half) {
            case AM -> hour % 12;
            case PM -> hour % 12 + 12;
            // Night begins in the evening and ends in the morning.
            case NIGHT -> hour == 12 ? 0 : hour >= 6 ? hour + 12 : hour;
        };
    }

    /** What is said of the half of the day right after a time. */
    private static @Nullable Half half(Words words, int i) {
        if (words.at(i).matches("am|pm")) {
            return words.are(i, "am") ? Half.AM : Half.PM;
        }
        int at = partOfDay(words, i);
        return at < 0 ? null : part(words.at(at));
    }

    private static int halfEnd(Words words, int i) {
        return words.at(i).matches("am|pm") ? i + 1 : partOfDay(words, i) + 1;
    }

    /** Where the part of the day is named: "in the morning", "at night", "tomorrow evening". */
    private static int partOfDay(Words words, int i) {
        int at = i;
        if (words.at(at).matches("in|at|this|on|tomorrow|today")) {
            at++;
        }
        if (words.at(at).matches("the|early|late")) {
            at++;
        }
        return part(words.at(at)) == null ? -1 : at;
    }

    /** "in the morning, at ten", "tomorrow morning at ten". */
    private static @Nullable Half halfBefore(Words words) {
        Half half = null;
        for (int i = 0; i < words.size() && half == null; i++) {
            half = part(words.at(i));
        }
        return half;
    }

    private static @Nullable Half part(String word) {
        return switch (word) {
            case "morning", "mornings" -> Half.AM;
            case "afternoon", "evening" -> Half.PM;
            case "night", "tonight" -> Half.NIGHT;
            default -> null;
        };
    }
}
