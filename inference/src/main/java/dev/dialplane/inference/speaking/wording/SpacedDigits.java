package dev.dialplane.inference.speaking.wording;

import java.util.Locale;
import java.util.Optional;

/**
 * A language of which nothing is known here. Voices read figures by themselves; only a telephone number or a code would
 * come out as one large number, so its digits are set apart.
 */
record SpacedDigits(Locale locale) implements Wording {

    @Override
    public Optional<String> say(Figure figure) {
        return switch (figure) {
            case Figure.Digits(String digits, boolean plus) ->
                Optional.of((plus ? "+ " : "") + String.join(" ", digits.split("")));
            case Figure.Clock _, Figure.Money _, Figure.Number _, Figure.Range _, Figure.Ordinal _, Figure.Day _ ->
                Optional.empty();
        };
    }

    @Override
    public Optional<String> abbreviated(String word, String before) {
        return Optional.empty();
    }
}
