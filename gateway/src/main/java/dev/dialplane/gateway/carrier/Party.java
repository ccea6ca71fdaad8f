package dev.dialplane.gateway.carrier;

/** A phone number as logs, events and records may hold it. */
public final class Party {
    private static final String MASK = "••••••";
    private static final int SHOWN = 4;

    private Party() {}

    /** The last four characters behind dots; dots alone where that would show nearly all of it. */
    public static String masked(String number) {
        return number.length() < 2 * SHOWN ? MASK : MASK + number.substring(number.length() - SHOWN);
    }
}
