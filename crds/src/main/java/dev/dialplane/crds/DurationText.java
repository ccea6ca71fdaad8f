package dev.dialplane.crds;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How durations are written in a spec: {@code 300ms}, {@code 5m}, {@code 1h30m}. A subset of Go's notation, so that
 * CEL's {@code duration()} in the API server reads exactly what {@link #parse} reads.
 */
public final class DurationText {

    /** The notation as the schema enforces it: one to four whole numbers, each with its unit. */
    public static final String PATTERN = "^([0-9]{1,7}(ms|s|m|h)){1,4}$";

    /** The longest text that is a duration. */
    public static final int MAX_LENGTH = 24;

    private static final Pattern WHOLE = Pattern.compile(PATTERN);
    private static final Pattern PART = Pattern.compile("([0-9]{1,7})(ms|s|m|h)");

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException if the text is not in the notation of {@link #PATTERN}
     */
    public static Duration parse(String text) {
        if (text.length() > MAX_LENGTH || !WHOLE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a duration: write a number and a unit of ms, s, m or h, as in 300ms, 5m or 1h30m"
                            .formatted(text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "..." : text));
        }
        Duration sum = Duration.ZERO;
        for (Matcher part = PART.matcher(text); part.find(); ) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        default -> Duration.ofHours(count);
                    });
        }
        return sum;
    }
}
