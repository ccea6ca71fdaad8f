package dev.dialplane.local.caller.carrier;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a server may send on a Twilio media stream. */
public sealed interface ServerMessage {
    /** The longest message that is read, in characters: Twilio states no limit; this is 90 s of audio. */
    int MAX_CHARACTERS = 1 << 20;

    /** The longest name of a mark. */
    int MAX_MARK = 256;

    /** Audio to play: raw µ-law of any length. */
    record Media(String streamSid, byte[] muLaw) implements ServerMessage {}

    /** To be echoed once what came before was played. */
    record Mark(String streamSid, String name) implements ServerMessage {}

    /** Throw away what is queued. */
    record Clear(String streamSid) implements ServerMessage {}

    /** A message that the carrier would not understand. */
    final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Reads one text message.
     *
     * @throws MalformedException if it is none, saying which field is wrong
     */
    static ServerMessage read(String text) throws MalformedException {
        if (text.length() > MAX_CHARACTERS) {
            throw new MalformedException(
                    "the message has " + text.length() + " characters, allowed are " + MAX_CHARACTERS);
        }
        return new Reader().read(text);
    }

    /** Reads the fields in whatever order they come. */
    final class Reader {
        private static final JsonFactory JSON = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(8)
                        .maxStringLength(MAX_CHARACTERS)
                        .build())
                .build();

        private @Nullable String event;
        private @Nullable String streamSid;
        private @Nullable String payload;
        private @Nullable String name;

        private Reader() {}

        private ServerMessage read(String text) throws MalformedException {
            try (JsonParser json = JSON.createParser(text)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw new MalformedException("the message is no JSON object");
                }
                object(json, "");
                if (json.nextToken() != null) {
                    throw new MalformedException("something follows the JSON object");
                }
            } catch (IOException e) {
                throw new MalformedException("the message is no JSON: " + firstLine(e));
            }
            String sid = present("streamSid", streamSid);
            return switch (present("event", event)) {
                case "media" -> new Media(sid, decoded(present("media.payload", payload)));
                case "mark" -> {
                    String mark = present("mark.name", name);
                    if (mark.length() > MAX_MARK) {
                        throw new MalformedException(
                                "mark.name has " + mark.length() + " characters, allowed are " + MAX_MARK);
                    }
                    yield new Mark(sid, mark);
                }
                case "clear" -> new Clear(sid);
                default ->
                    throw new MalformedException("event is \"" + event + "\", allowed are media, mark and clear");
            };
        }

        private void object(JsonParser json, String path) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = path + json.currentName();
                JsonToken value = json.nextToken();
                if (value == JsonToken.START_OBJECT
                        && path.isEmpty()
                        && (field.equals("media") || field.equals("mark"))) {
                    object(json, field + ".");
                } else if (value == JsonToken.VALUE_STRING) {
                    switch (field) {
                        case "event" -> event = json.getText();
                        case "streamSid" -> streamSid = json.getText();
                        case "media.payload" -> payload = json.getText();
                        case "mark.name" -> name = json.getText();
                        default -> {}
                    }
                } else {
                    json.skipChildren();
                }
            }
        }

        private static String present(String field, @Nullable String value) throws MalformedException {
            if (value == null || value.isEmpty()) {
                throw new MalformedException(field + " is missing or no string");
            }
            return value;
        }

        private static byte[] decoded(String payload) throws MalformedException {
            try {
                return Base64.getDecoder().decode(payload);
            } catch (IllegalArgumentException e) {
                throw new MalformedException("media.payload is no base64: " + e.getMessage());
            }
        }

        private static String firstLine(IOException e) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
    }
}
