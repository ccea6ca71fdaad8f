package dev.dialplane.inference.answers.value;

import dev.dialplane.inference.answers.value.Words.Count;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Days as people say them, from today on: "tomorrow", "next Tuesday", "Monday the third", "the third of December", "24/11"
 * (day first, as in India and Europe), "in two weeks".
 *
 * <p>A weekday alone is the next one after today; "next" takes that of the week after this one, which begins on Monday. A
 * day of a month that has passed is next year's, a day without a month the next such day. Days in the past, and weekdays
 * that do not fit their date, are not understood.
 */
public final class Dates {
    private static final Map<String, DayOfWeek> WEEKDAYS = Map.of(
            "monday", DayOfWeek.MONDAY,
            "tuesday", DayOfWeek.TUESDAY,
            "wednesday", DayOfWeek.WEDNESDAY,
            "thursday", DayOfWeek.THURSDAY,
            "friday", DayOfWeek.FRIDAY,
            "saturday", DayOfWeek.SATURDAY,
            "sunday", DayOfWeek.SUNDAY);
    private static final Map<String, Month> MONTHS = Map.ofEntries(
            Map.entry("january", Month.JANUARY),
            Map.entry("jan", Month.JANUARY),
            Map.entry("february", Month.FEBRUARY),
            Map.entry("feb", Month.FEBRUARY),
            Map.entry("march", Month.MARCH),
            Map.entry("april", Month.APRIL),
            Map.entry("may", Month.MAY),
            Map.entry("june", Month.JUNE),
            Map.entry("july", Month.JULY),
            Map.entry("august", Month.AUGUST),
            Map.entry("aug", Month.AUGUST),
            Map.entry("september", Month.SEPTEMBER),
            Map.entry("sept", Month.SEPTEMBER),
            Map.entry("sep", Month.SEPTEMBER),
            Map.entry("october", Month.OCTOBER),
            Map.entry("oct", Month.OCTOBER),
            Map.entry("november", Month.NOVEMBER),
            Map.entry("nov", Month.NOVEMBER),
            Map.entry("december", Month.DECEMBER),
            Map.entry("dec", Month.DECEMBER));

    private Dates() {}

    /** The first day that is named; empty if none is, or only such as are not understood. */
    public static Optional<Found<LocalDate>> find(Words words, LocalDate today) {
        for (int i = 0; i < words.size(); i++) {
            int at = i;
            Optional<Found<LocalDate>> found = Stream.<Rule>of(
                            Dates::relative,
                            Dates::dayAndMonth,
                            Dates::monthAndDay,
                            Dates::figures,
                            Dates::weekday,
                            Dates::dayOfMonth)
                    .map(rule -> rule.match(words, at, today))
                    .flatMap(Optional::stream)
                    .findFirst();
            if (found.isPresent()) {
                return found.filter(it -> !it.value().isBefore(today));
            }
        }
        return Optional.empty();
    }

    @FunctionalInterface
    private interface Rule {
        Optional<Found<LocalDate>> match(Words words, int at, LocalDate today);
    }

    private static Optional<Found<LocalDate>> relative(Words words, int i, LocalDate today) {
        if (words.are(i, "day", "after", "tomorrow")) {
            return found(today.plusDays(2), i, i + 3);
        }
        if (words.are(i, "today") || words.are(i, "tonight")) {
            return found(today, i, i + 1);
        }
        if (words.are(i, "tomorrow")) {
            return found(today.plusDays(1), i, i + 1);
        }
        if (words.are(i, "yesterday")) {
            return found(today.minusDays(1), i, i + 1);
        }
        boolean in = words.are(i, "in");
        int start = in ? i + 1 : i;
        boolean one = words.are(start, "a") || words.are(start, "one");
        Count count = one ? new Count(1, 1) : words.cardinal(start);
        int unit = start + count.length();
        boolean week = words.at(unit).startsWith("week");
        boolean day = words.at(unit).matches("days?");
        if (count.length() == 0 || !week && !day) {
            return Optional.empty();
        }
        LocalDate from;
        int end;
        if (words.are(unit + 1, "from", "today") || words.are(unit + 1, "from", "now")) {
            from = today;
            end = unit + 3;
        } else if (words.are(unit + 1, "from", "tomorrow")) {
            from = today.plusDays(1);
            end = unit + 3;
        } else if (in) {
            from = today;
            end = unit + 1;
        } else {
            return Optional.empty();
        }
        return found(from.plus(count.value(), week ? ChronoUnit.WEEKS : ChronoUnit.DAYS), i, end);
    }

    /** "Tuesday", "next Tuesday", "Tuesday next week", "next week Tuesday", "Tuesday the 24th (of November)". */
    private static Optional<Found<LocalDate>> weekday(Words words, int i, LocalDate today) {
        int start = i;
        boolean next = false;
        boolean near = false;
        if (words.are(i, "next", "week")) {
            next = true;
            start = i + (words.are(i + 2, "on") ? 3 : 2);
        } else if (words.are(i, "next")) {
            next = true;
            start = i + 1;
        } else if (words.are(i, "this") || words.are(i, "coming")) {
            near = true;
            start = i + (words.are(i, "this", "coming") ? 2 : 1);
        }
        DayOfWeek day = dayOfWeek(words.at(start));
        if (day == null) {
            return Optional.empty();
        }
        int end = start + 1;
        if (words.are(end, "next", "week")) {
            next = true;
            end += 2;
        }
        Optional<Found<LocalDate>> dated = dated(words, end, today, day);
        if (dated.isPresent()) {
            return dated.map(it -> new Found<>(it.value(), i, it.end()));
        }
        LocalDate value;
        if (next) {
            value = today.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).with(TemporalAdjusters.nextOrSame(day));
        } else if (near) {
            value = today.with(TemporalAdjusters.nextOrSame(day));
        } else {
            value = today.with(TemporalAdjusters.next(day));
        }
        return found(value, i, end);
    }

    /** A date right after a weekday, if it falls on that weekday. */
    private static Optional<Found<LocalDate>> dated(Words words, int at, LocalDate today, DayOfWeek day) {
        BiFunction<Rule, Integer, Optional<Found<LocalDate>>> match = (rule, i) -> rule.match(words, i, today);
        return Stream.of(
                        match.apply(Dates::dayAndMonth, at),
                        match.apply(Dates::monthAndDay, at),
                        match.apply(Dates::dayOfMonth, at))
                .flatMap(Optional::stream)
                .findFirst()
                // A day that cannot be is passed on as one in the past, which nothing understands.
                .map(it ->
                        it.value().getDayOfWeek() == day ? it : new Found<>(today.minusYears(1), it.start(), it.end()));
    }

    private static @org.jspecify.annotations.Nullable DayOfWeek dayOfWeek(String word) {
        DayOfWeek day = WEEKDAYS.get(word);
        return day == null && word.endsWith("s") ? WEEKDAYS.get(word.substring(0, word.length() - 1)) : day;
    }

    /** "the third of December", "3 December", "3rd December 2027". */
    private static Optional<Found<LocalDate>> dayAndMonth(Words words, int i, LocalDate today) {
        int start = words.are(i, "the") ? i + 1 : i;
        Count day = words.ordinal(start).length() > 0 ? words.ordinal(start) : words.cardinal(start);
        if (day.length() == 0) {
            return Optional.empty();
        }
        int month = start + day.length() + (words.are(start + day.length(), "of") ? 1 : 0);
        Month named = MONTHS.get(words.at(month));
        return named == null ? Optional.empty() : inYear(words, today, day.value(), named, i, month + 1);
    }

    /** "December third", "December the 3rd", "December 3". */
    private static Optional<Found<LocalDate>> monthAndDay(Words words, int i, LocalDate today) {
        Month named = MONTHS.get(words.at(i));
        if (named == null) {
            return Optional.empty();
        }
        int start = words.are(i + 1, "the") ? i + 2 : i + 1;
        Count day = words.ordinal(start).length() > 0 ? words.ordinal(start) : words.cardinal(start);
        return day.length() == 0 ? Optional.empty() : inYear(words, today, day.value(), named, i, start + day.length());
    }

    private static Optional<Found<LocalDate>> inYear(
            Words words, LocalDate today, int day, Month month, int start, int end) {
        try {
            if (words.at(end).matches("20\\d\\d")) {
                return found(LocalDate.of(Integer.parseInt(words.at(end)), month, day), start, end + 1);
            }
            LocalDate thisYear = LocalDate.of(today.getYear(), month, day);
            return found(thisYear.isBefore(today) ? thisYear.plusYears(1) : thisYear, start, end);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** "24/11", "24-11-2026", "2026-11-24". */
    private static Optional<Found<LocalDate>> figures(Words words, int i, LocalDate today) {
        String[] parts = words.at(i).split("[/-]");
        if (parts.length < 2 || parts[0].isEmpty()) {
            return Optional.empty();
        }
        try {
            int first = Integer.parseInt(parts[0]);
            int second = Integer.parseInt(parts[1]);
            if (parts.length == 3 && first > 31) {
                return found(LocalDate.of(first, second, Integer.parseInt(parts[2])), i, i + 1);
            }
            if (parts.length == 3) {
                int year = Integer.parseInt(parts[2]);
                return found(LocalDate.of(year < 100 ? 2000 + year : year, second, first), i, i + 1);
            }
            LocalDate thisYear = LocalDate.of(today.getYear(), second, first);
            return found(thisYear.isBefore(today) ? thisYear.plusYears(1) : thisYear, i, i + 1);
        } catch (DateTimeException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** "the third", "the 24th": the next such day. */
    private static Optional<Found<LocalDate>> dayOfMonth(Words words, int i, LocalDate today) {
        int start = words.are(i, "the") ? i + 1 : i;
        Count day = words.ordinal(start);
        int after = start + day.length();
        boolean counted = words.at(after).matches("one|time|floor|question|thing")
                || MONTHS.containsKey(words.at(after))
                || words.are(after, "of") && MONTHS.containsKey(words.at(after + 1));
        if (day.length() == 0
                || day.value() > 31
                || counted
                || start == i && !words.at(i).matches("\\d.*|twenty|thirt.*|[a-z]+th")) {
            return Optional.empty();
        }
        LocalDate month = today.withDayOfMonth(1);
        for (int ahead = 0; ahead < 3; ahead++) {
            LocalDate candidate = month.plusMonths(ahead);
            if (day.value() <= candidate.lengthOfMonth()
                    && !candidate.withDayOfMonth(day.value()).isBefore(today)) {
                return found(candidate.withDayOfMonth(day.value()), i, start + day.length());
            }
        }
        return Optional.empty();
    }

    private static Optional<Found<LocalDate>> found(LocalDate value, int start, int end) {
        return Optional.of(new Found<>(value, start, end));
    }
}
