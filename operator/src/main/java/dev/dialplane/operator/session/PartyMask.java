package dev.dialplane.operator.session;

/** The other side of a call, with no more of its number than the last four digits. */
final class PartyMask {

    private static final int SHOWN = 4;
    private static final int LONGEST = 64;

    private PartyMask() {}

    /** Returns the text with every digit but the last four replaced by a dot; gateways mask too. */
    static String mask(String party) {
        String text = party.length() > LONGEST ? party.substring(party.length() - LONGEST) : party;
        StringBuilder masked = new StringBuilder(text);
        int digits = 0;
        for (int i = masked.length() - 1; i >= 0; i--) {
            if (Character.isDigit(masked.charAt(i)) && ++digits > SHOWN) {
                masked.setCharAt(i, '•');
            }
        }
        return masked.toString();
    }
}
