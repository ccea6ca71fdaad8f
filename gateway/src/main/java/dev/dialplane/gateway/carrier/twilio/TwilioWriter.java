package dev.dialplane.gateway.carrier.twilio;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes the messages of one stream to Twilio. A frame costs its string and nothing else: what is the same in all of them
 * is made once. For one thread at a time.
 */
public final class TwilioWriter {
    private static final Base64.Encoder BASE64 = Base64.getEncoder();
    private static final byte[] SUFFIX = {'"', '}', '}'};

    private final byte[] prefix;
    private final String markPrefix;
    private final String clear;
    private byte[] encoded = new byte[216];
    private byte[] message;

    /** Messages of the stream with that id, as Twilio gave it. */
    public TwilioWriter(String streamSid) {
        String sid = quoted(streamSid);
        prefix = ("{\"event\":\"media\",\"streamSid\":" + sid + ",\"media\":{\"payload\":\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        markPrefix = "{\"event\":\"mark\",\"streamSid\":" + sid + ",\"mark\":{\"name\":\"g";
        clear = "{\"event\":\"clear\",\"streamSid\":" + sid + "}";
        message = new byte[prefix.length + 216 + SUFFIX.length];
        System.arraycopy(prefix, 0, message, 0, prefix.length);
    }

    /** Audio to be played after all that was sent before. */
    public String media(byte[] frame) {
        int length = (frame.length + 2) / 3 * 4;
        if (encoded.length < length) {
            encoded = new byte[length];
            message = new byte[prefix.length + length + SUFFIX.length];
            System.arraycopy(prefix, 0, message, 0, prefix.length);
        }
        BASE64.encode(frame, encoded);
        System.arraycopy(encoded, 0, message, prefix.length, length);
        System.arraycopy(SUFFIX, 0, message, prefix.length + length, SUFFIX.length);
        return new String(message, 0, prefix.length + length + SUFFIX.length, StandardCharsets.ISO_8859_1);
    }

    /** A mark, named for its generation so that its echo after a clear is known for what it is. */
    public String mark(long generation, long sample) {
        return markPrefix + generation + '-' + sample + "\"}}";
    }

    /** Throws away what is queued. */
    public String clear() {
        return clear;
    }

    /** As a JSON string of ASCII characters. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.append('"').toString();
    }
}
