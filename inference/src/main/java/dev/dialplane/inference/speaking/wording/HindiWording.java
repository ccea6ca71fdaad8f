package dev.dialplane.inference.speaking.wording;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Hindi, as it is said in India: half past two is ढाई, and a quarter to three पौने तीन. */
final class HindiWording implements Wording {
    private static final Locale HINDI = Locale.of("hi", "IN");
    private static final String O_CLOCK = " बजे";
    private static final Map<String, String> ABBREVIATIONS = Map.ofEntries(
            entry("डॉ.", "डॉक्टर"),
            entry("डा.", "डॉक्टर"),
            entry("श्री.", "श्री"),
            entry("कि.मी.", "किलोमीटर"),
            entry("कि.ग्रा.", "किलोग्राम"),
            entry("नं.", "नंबर"),
            entry("dr.", "डॉक्टर"),
            entry("&", "और"));
    private static final Map<String, String> UNITS = Map.of(
            "%", "प्रतिशत",
            "°C", "डिग्री सेल्सियस",
            "°F", "डिग्री फ़ारेनहाइट",
            "km", "किलोमीटर",
            "kg", "किलोग्राम",
            "cm", "सेंटीमीटर",
            "mm", "मिलीमीटर",
            "min", "मिनट",
            "hr", "घंटे",
            "hrs", "घंटे");

    /** A currency's unit, one and many, and its hundredths. */
    private record Coins(String one, String many, String cents) {}

    private static final Map<String, Coins> COINS = Map.of(
            "INR", new Coins("रुपया", "रुपये", "पैसे"),
            "USD", new Coins("डॉलर", "डॉलर", "सेंट"),
            "EUR", new Coins("यूरो", "यूरो", "सेंट"),
            "GBP", new Coins("पाउंड", "पाउंड", "पेंस"));

    private final SpokenNumbers numbers = new SpokenNumbers(HINDI);

    @Override
    public Locale locale() {
        return HINDI;
    }

    @Override
    public Optional<String> say(Figure figure) {
        return Optional.of(
                switch (figure) {
                    case Figure.Clock(int hour, int minute, Figure.Half half) -> clock(hour, minute, half);
                    case Figure.Money money -> money(money);
                    case Figure.Number(BigDecimal value, String unit) ->
                        numbers.cardinal(value) + (unit.isEmpty() ? "" : " " + UNITS.getOrDefault(unit, unit));
                    case Figure.Range(BigDecimal from, BigDecimal to) ->
                        numbers.cardinal(from) + " से " + numbers.cardinal(to);
                    case Figure.Ordinal(int value, String ending) -> numbers.by(ordinal(ending), value);
                    case Figure.Digits(String digits, boolean plus) -> (plus ? "प्लस " : "") + numbers.digits(digits);
                    case Figure.Day(var date) ->
                        "%s %s %s"
                                .formatted(
                                        numbers.cardinal(date.getDayOfMonth()),
                                        date.getMonth().getDisplayName(TextStyle.FULL, HINDI),
                                        numbers.by("%spellout-numbering-year", date.getYear()));
                });
    }

    private String clock(int hour, int minute, Figure.Half half) {
        String part = switch (half) {
            case BEFORE_NOON -> "सुबह ";
            case AFTER_NOON -> hour == 12 || hour < 4 ? "दोपहर " : hour < 7 ? "शाम " : "रात ";
            case UNSAID -> "";
        };
        int next = hour % 12 + 1;
        return part
                + switch (minute) {
                    case 0 -> numbers.cardinal(hour) + O_CLOCK;
                    case 15 -> "सवा " + numbers.cardinal(hour) + O_CLOCK;
                    case 30 ->
                        switch (hour) {
                                    case 1 -> "डेढ़";
                                    case 2 -> "ढाई";
                                    default -> "साढ़े " + numbers.cardinal(hour);
                                }
                                + O_CLOCK;
                    case 45 -> (next == 1 ? "पौन" : "पौने " + numbers.cardinal(next)) + O_CLOCK;
                    default -> numbers.cardinal(hour) + " बजकर " + numbers.cardinal(minute) + " मिनट";
                };
    }

    private String money(Figure.Money money) {
        Coins coins = COINS.getOrDefault(money.currency(), new Coins("", "", ""));
        if (!money.scale().isEmpty()) {
            return "%s %s %s".formatted(numbers.cardinal(money.amount()), money.scale(), coins.many());
        }
        long whole = money.whole();
        long hundredths = money.hundredths();
        String units = numbers.cardinal(whole) + " " + (whole == 1 ? coins.one() : coins.many());
        return hundredths == 0 ? units : units + " " + numbers.cardinal(hundredths) + " " + coins.cents();
    }

    private static String ordinal(String ending) {
        return switch (ending) {
            case "वें" -> "%spellout-ordinal-masculine-oblique";
            case "वीं", "वी" -> "%spellout-ordinal-feminine";
            default -> "%spellout-ordinal-masculine";
        };
    }

    @Override
    public Optional<String> abbreviated(String word, String before) {
        return Optional.ofNullable(ABBREVIATIONS.get(word.toLowerCase(Locale.ROOT)));
    }
}
