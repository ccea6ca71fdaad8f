package dev.dialplane.gateway.records;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.dialplane.contracts.common.v1.Cause;
import java.util.List;
import java.util.Locale;

/** The {@code data} of a record, a JSON object, put together field by field. */
public final class RecordData {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();

    private final StringBuilder json = new StringBuilder("{");

    private RecordData() {}

    /** An object without fields. */
    public static RecordData empty() {
        return new RecordData();
    }

    /** A string. */
    public RecordData text(String name, String value) {
        field(name);
        quote(value);
        return this;
    }

    /** A number. */
    public RecordData number(String name, long value) {
        field(name);
        json.append(value);
        return this;
    }

    /** A message, in protobuf's JSON, fields without presence included. */
    public RecordData message(String name, MessageOrBuilder value) {
        field(name);
        try {
            json.append(PRINTER.print(value));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always prints", e);
        }
        return this;
    }

    /** How long the caller waited for one reply, measured at the gateway's socket. */
    public record ReplyTime(int turn, long milliseconds) {}

    /** The times of all replies. */
    public RecordData replies(List<ReplyTime> replies) {
        field("responses");
        json.append('[');
        String comma = "";
        for (ReplyTime reply : replies) {
            json.append(comma)
                    .append("{\"turn\":")
                    .append(reply.turn)
                    .append(",\"responseMs\":")
                    .append(reply.milliseconds)
                    .append('}');
            comma = ",";
        }
        json.append(']');
        return this;
    }

    /** The object. */
    public String json() {
        return json + "}";
    }

    /** A cause as sessions spell it: {@code CAUSE_CALLER_HUNG_UP} is {@code CallerHungUp}. */
    public static String spelled(Cause cause) {
        StringBuilder name = new StringBuilder();
        if (cause == Cause.UNRECOGNIZED) {
            return "Unknown";
        }
        String[] words = cause.name().split("_", -1);
        for (int i = 1; i < words.length; i++) {
            name.append(words[i].charAt(0)).append(words[i].substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private void field(String name) {
        if (json.length() > 1) {
            json.append(',');
        }
        quote(name);
        json.append(':');
    }

    private void quote(String text) {
        json.append(quoted(text));
    }

    /** A JSON string. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
