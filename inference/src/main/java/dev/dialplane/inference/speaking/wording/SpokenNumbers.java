package dev.dialplane.inference.speaking.wording;

import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.util.ULocale;
import java.math.BigDecimal;
import java.util.Locale;

/** Numbers in words, by the rules of the Unicode CLDR: Indian English has lakhs, and so on. Callable from anywhere. */
final class SpokenNumbers {
    private final RuleBasedNumberFormat format;

    SpokenNumbers(Locale locale) {
        format = new RuleBasedNumberFormat(ULocale.forLocale(locale), RuleBasedNumberFormat.SPELLOUT);
    }

    /** A number as it is counted. ICU's formats are not for several threads at once. */
    synchronized String cardinal(BigDecimal number) {
        return format.format(number);
    }

    /** A number as it is counted. */
    String cardinal(long number) {
        return cardinal(BigDecimal.valueOf(number));
    }

    /** By another of the language's rules, such as {@code %spellout-ordinal}. */
    synchronized String by(String rule, int number) {
        return format.format(number, rule);
    }

    /** Digit by digit, with a short pause after every third or so. */
    String digits(String digits) {
        StringBuilder spoken = new StringBuilder();
        int group = digits.length() % 5 == 0 ? 5 : 4;
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0) {
                spoken.append((digits.length() - i) % group == 0 ? ", " : " ");
            }
            spoken.append(cardinal(digits.charAt(i) - '0'));
        }
        return spoken.toString();
    }
}
