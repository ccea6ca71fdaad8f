package dev.dialplane.audio;

import java.util.List;
import java.util.regex.Pattern;

/** The sixteen digits of push-button dialing, each the sum of a low and a high tone (ITU-T Q.23). */
public final class Dtmf {
    /** The digits, in the order of their keypad's rows. */
    public static final String DIGITS = "123A456B789C*0#D";

    /** The key that ends an entry: the {@code termchar} that VoiceXML 2.0 (section 6.3.3) has by default. */
    public static final char END = '#';

    private static final int[] LOW = {697, 770, 852, 941};
    private static final int[] HIGH = {1209, 1336, 1477, 1633};
    /** About −9 dBm0, which every receiver in ITU-T Q.24's table takes. */
    private static final double LOW_DBOV = -15;

    /** 2 dB more, as lines attenuate the high group more. */
    private static final double HIGH_DBOV = -13;

    /**
     * How long a digit of {@link #dialed} sounds, and how long the pause after it is, ms. The receivers of ITU-T Q.24's table
     * ask for at most 40 of tone and 70 from one digit to the next.
     */
    private static final int DIALED_MS = 100;

    /** How long a {@code w} lasts, ms. */
    private static final int WAIT_MS = 500;

    private static final Pattern ROW = Pattern.compile("[0-9*#A-Dw]{1,32}");

    private Dtmf() {}

    /** Whether there is such a digit. */
    public static boolean isDigit(String digit) {
        return digit.length() == 1 && DIGITS.contains(digit);
    }

    /**
     * What was pressed as one would say it: digits as they are, the other keys by name, without the {@code #} that ends an
     * entry.
     */
    public static String asText(String pressed) {
        StringBuilder text = new StringBuilder();
        int length = pressed.length() > 1 && pressed.charAt(pressed.length() - 1) == END
                ? pressed.length() - 1
                : pressed.length();
        for (int i = 0; i < length; i++) {
            char key = pressed.charAt(i);
            switch (key) {
                case '*' -> text.append(" star ");
                case '#' -> text.append(" hash ");
                default -> text.append(key);
            }
        }
        return text.toString().strip().replace("  ", " ");
    }

    /** Whether these are 1 to 32 digits and waits: 0-9, *, #, A-D, and w for half a second's pause. */
    public static boolean isRow(String digits) {
        return ROW.matcher(digits).matches();
    }

    /** How many samples {@link #dialed} makes of a row. */
    public static int dialedSamples(String row, int rate) {
        int waits = (int) row.chars().filter(c -> c == 'w').count();
        int millis = waits * WAIT_MS + (row.length() - waits) * 2 * DIALED_MS;
        return Math.toIntExact((long) millis * rate / 1000);
    }

    /**
     * A row of digits as a caller would dial them: each sounds for 100 ms and is followed by as much silence; a {@code w} is
     * half a second of it.
     *
     * @throws IllegalArgumentException if it is not a row, see {@link #isRow}
     */
    public static short[] dialed(String row, int rate) {
        if (!isRow(row)) {
            throw new IllegalArgumentException(
                    "digits has " + row.length() + " characters, allowed are 1 to 32 of 0-9, *, #, A-D and w");
        }
        short[] dialed = new short[dialedSamples(row, rate)];
        int at = 0;
        for (char c : row.toCharArray()) {
            if (c == 'w') {
                at += WAIT_MS * rate / 1000;
            } else {
                short[] digit = row(String.valueOf(c), rate, DIALED_MS, DIALED_MS);
                System.arraycopy(digit, 0, dialed, at, digit.length);
                at += digit.length;
            }
        }
        return dialed;
    }

    /**
     * A digit without end.
     *
     * @param digit one of {@link #DIGITS}, in either case
     * @throws IllegalArgumentException if it is another character
     */
    public static Tone tone(char digit, int rate) {
        return Tone.of(rate, sines(digit));
    }

    /**
     * A row of digits, each followed by its pause.
     *
     * @param onMillis how long a digit sounds, 40 or more (the least that a receiver must take, Q.24)
     * @param offMillis how long the pause after it is, 40 or more
     */
    public static short[] row(String digits, int rate, int onMillis, int offMillis) {
        if (onMillis < 40 || offMillis < 40) {
            throw new IllegalArgumentException(
                    "onMillis and offMillis are " + onMillis + " and " + offMillis + ", allowed is 40 and more");
        }
        int each = (int) ((long) (onMillis + offMillis) * rate / 1000);
        short[] row = new short[Math.multiplyExact(each, digits.length())];
        for (int i = 0; i < digits.length(); i++) {
            Tone.of(rate, sines(digits.charAt(i)), onMillis, offMillis).fill(row, i * each, each);
        }
        return row;
    }

    private static List<Tone.Sine> sines(char digit) {
        int index = DIGITS.indexOf(Character.toUpperCase(digit));
        if (index < 0) {
            throw new IllegalArgumentException("digit is '" + digit + "', allowed are " + DIGITS);
        }
        return List.of(new Tone.Sine(LOW[index / 4], LOW_DBOV), new Tone.Sine(HIGH[index % 4], HIGH_DBOV));
    }
}
