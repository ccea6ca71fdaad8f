package dev.dialplane.inference.speaking.wording;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** English, with the large numbers of its region. */
final class EnglishWording implements Wording {
    private static final Map<String, String> ABBREVIATIONS = Map.ofEntries(
            entry("dr.", "doctor"),
            entry("mr.", "mister"),
            entry("mrs.", "missis"),
            entry("prof.", "professor"),
            entry("approx.", "approximately"),
            entry("dept.", "department"),
            entry("appt.", "appointment"),
            entry("etc.", "et cetera"),
            entry("e.g.", "for example"),
            entry("i.e.", "that is"),
            entry("&", "and"));
    private static final Map<String, String> UNITS = Map.of(
            "%", "percent",
            "°C", "degrees Celsius",
            "°F", "degrees Fahrenheit",
            "km", "kilometers",
            "kg", "kilograms",
            "cm", "centimeters",
            "mm", "millimeters",
            "min", "minutes",
            "hr", "hours",
            "hrs", "hours");

    /** A currency's unit and its hundredth, one and many of each. */
    private record Coins(String one, String many, String cent, String cents) {}

    private static final Map<String, Coins> COINS = Map.of(
            "INR", new Coins("rupee", "rupees", "paisa", "paise"),
            "USD", new Coins("dollar", "dollars", "cent", "cents"),
            "EUR", new Coins("euro", "euros", "cent", "cents"),
            "GBP", new Coins("pound", "pounds", "penny", "pence"));

    private final Locale locale;
    private final SpokenNumbers numbers;

    EnglishWording(Locale locale) {
        this.locale = locale;
        numbers = new SpokenNumbers(locale);
    }

    @Override
    public Locale locale() {
        return locale;
    }

    @Override
    public Optional<String> say(Figure figure) {
        return Optional.of(
                switch (figure) {
                    case Figure.Clock(int hour, int minute, Figure.Half half) -> clock(hour, minute, half);
                    case Figure.Money money -> money(money);
                    case Figure.Number(BigDecimal value, String unit) ->
                        numbers.cardinal(value) + (unit.isEmpty() ? "" : " " + unit(value, unit));
                    case Figure.Range(BigDecimal from, BigDecimal to) ->
                        numbers.cardinal(from) + " to " + numbers.cardinal(to);
                    case Figure.Ordinal(int value, String _) -> numbers.by("%spellout-ordinal", value);
                    case Figure.Digits(String digits, boolean plus) -> (plus ? "plus " : "") + numbers.digits(digits);
                    case Figure.Day(var date) ->
                        "the %s of %s, %s"
                                .formatted(
                                        numbers.by("%spellout-ordinal", date.getDayOfMonth()),
                                        date.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
                                        numbers.by("%spellout-numbering-year", date.getYear()));
                });
    }

    private String clock(int hour, int minute, Figure.Half half) {
        String hours = numbers.cardinal(hour);
        String time = minute == 0 ? hours : hours + (minute < 10 ? " oh " : " ") + numbers.cardinal(minute);
        return minute == 0 && half == Figure.Half.UNSAID ? time + " o'clock" : time + half(half);
    }

    private static String half(Figure.Half half) {
        return switch (half) {
            case BEFORE_NOON -> " a m";
            case AFTER_NOON -> " p m";
            case UNSAID -> "";
        };
    }

    private String money(Figure.Money money) {
        Coins coins = COINS.getOrDefault(money.currency(), new Coins("", "", "", ""));
        if (!money.scale().isEmpty()) {
            return "%s %s %s".formatted(numbers.cardinal(money.amount()), money.scale(), coins.many());
        }
        long whole = money.whole();
        long hundredths = money.hundredths();
        String units = numbers.cardinal(whole) + " " + (whole == 1 ? coins.one() : coins.many());
        String cents = numbers.cardinal(hundredths) + " " + (hundredths == 1 ? coins.cent() : coins.cents());
        return hundredths == 0 ? units : units + " and " + cents;
    }

    private static String unit(BigDecimal value, String unit) {
        String many = UNITS.getOrDefault(unit, unit);
        return value.compareTo(BigDecimal.ONE) == 0 && many.endsWith("s") && many.indexOf(' ') < 0
                ? many.substring(0, many.length() - 1)
                : many;
    }

    @Override
    public Optional<String> abbreviated(String word, String before) {
        String small = word.toLowerCase(Locale.ROOT);
        boolean afterFigure = !before.isEmpty() && Character.isDigit(before.charAt(before.length() - 1));
        if (afterFigure && UNITS.containsKey(word)) {
            return Optional.of(unit(before.equals("1") ? BigDecimal.ONE : BigDecimal.TEN, word));
        }
        return Optional.ofNullable(ABBREVIATIONS.get(small));
    }
}
