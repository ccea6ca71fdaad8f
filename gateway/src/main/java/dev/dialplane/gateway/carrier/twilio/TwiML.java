package dev.dialplane.gateway.carrier.twilio;

/** The few documents that Twilio is answered with. */
public final class TwiML {
    /** Media type of a document. */
    public static final String TYPE = "application/xml";

    private static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>";
    private static final String TAIL = "</Response>";

    private TwiML() {}

    /** Opens a stream in both directions, and asks at {@code next} what to do once it has ended. */
    public static String connect(String stream, String next) {
        return HEAD + "<Connect action=\"" + escaped(next) + "\"><Stream url=\"" + escaped(stream) + "\"/></Connect>"
                + TAIL;
    }

    /** The caller hears a busy tone, and the call is never answered. */
    public static String rejectBusy() {
        return HEAD + "<Reject reason=\"busy\"/>" + TAIL;
    }

    /** Ends the call. */
    public static String hangUp() {
        return HEAD + "<Hangup/>" + TAIL;
    }

    /** Puts the caller through to a number. */
    public static String dial(String number) {
        return HEAD + "<Dial>" + escaped(number) + "</Dial>" + TAIL;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&apos;");
    }
}
