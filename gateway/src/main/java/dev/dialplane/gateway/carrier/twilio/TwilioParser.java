package dev.dialplane.gateway.carrier.twilio;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.dialplane.gateway.carrier.CarrierMessage;
import dev.dialplane.gateway.carrier.CarrierMessage.Fault;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of Twilio Media Streams, tolerantly: numbers as numbers or strings, fields in any order, unknown
 * fields and events passed over. What cannot be read is a {@link CarrierMessage.Malformed}, never an exception.
 *
 * <p>Bounded: 64 KiB a message, 16 levels, 64 parameters. For one thread at a time; makes what it returns and little else.
 */
public final class TwilioParser {
    /** Bytes in a message, at most: 400 times what a frame of 20 ms takes. */
    public static final int MAX_MESSAGE = 64 * 1024;

    private static final int MAX_DEPTH = 16;
    private static final int MAX_PARAMETERS = 64;
    private static final int MAX_TEXT = 1_024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_MESSAGE)
                    .maxNameLength(256)
                    .maxNumberLength(32)
                    .build())
            .build();

    private static final CarrierMessage CONNECTED = new CarrierMessage.Connected();
    private static final CarrierMessage STOP = new CarrierMessage.Stop();
    private static final CarrierMessage UNKNOWN = new CarrierMessage.Unknown();

    private @Nullable String event;
    private @Nullable String streamSid;
    private @Nullable String accountSid;
    private @Nullable String callSid;
    private @Nullable String encoding;
    private long sampleRate;
    private long channels;
    private @Nullable Map<String, String> parameters;
    private long chunk;
    private long timestamp;
    private @Nullable String track;
    private byte @Nullable [] payload;
    private @Nullable String name;
    private @Nullable String digit;

    /** Thrown within, never out. */
    private static final class Faulty extends RuntimeException {
        private final Fault fault;

        Faulty(Fault fault) {
            super(fault.name(), null, false, false);
            this.fault = fault;
        }
    }

    /** One message. */
    public CarrierMessage parse(byte[] text) {
        if (text.length > MAX_MESSAGE) {
            return new CarrierMessage.Malformed(Fault.TOO_LONG);
        }
        forget();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return new CarrierMessage.Malformed(Fault.NO_EVENT);
            }
            readMessage(json);
            if (json.nextToken() != null) {
                return new CarrierMessage.Malformed(Fault.NOT_JSON);
            }
            return message();
        } catch (Faulty e) {
            return new CarrierMessage.Malformed(e.fault);
        } catch (StreamConstraintsException e) {
            return new CarrierMessage.Malformed(Fault.TOO_DEEP);
        } catch (IOException e) {
            return new CarrierMessage.Malformed(Fault.NOT_JSON);
        }
    }

    private void forget() {
        event = streamSid = accountSid = callSid = encoding = track = name = digit = null;
        parameters = null;
        payload = null;
        sampleRate = channels = chunk = timestamp = -1;
    }

    private void readMessage(JsonParser json) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = fieldName(json);
            JsonToken value = json.nextToken();
            switch (field) {
                case "event" -> event = text(json, value);
                case "streamSid" -> streamSid = text(json, value);
                case "start", "media", "mark", "dtmf", "stop" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readBody(json);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
    }

    private void readBody(JsonParser json) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = fieldName(json);
            JsonToken value = json.nextToken();
            switch (field) {
                case "streamSid" -> streamSid = text(json, value);
                case "accountSid" -> accountSid = text(json, value);
                case "callSid" -> callSid = text(json, value);
                case "chunk" -> chunk = number(json, value);
                case "timestamp" -> timestamp = number(json, value);
                case "track" -> track = text(json, value);
                case "payload" -> payload = audio(json, value);
                case "name" -> name = text(json, value);
                case "digit" -> digit = text(json, value);
                case "mediaFormat" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readFormat(json);
                    } else {
                        json.skipChildren();
                    }
                }
                case "customParameters" -> {
                    if (value == JsonToken.START_OBJECT) {
                        readParameters(json);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
    }

    private void readFormat(JsonParser json) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = fieldName(json);
            JsonToken value = json.nextToken();
            switch (field) {
                case "encoding" -> encoding = text(json, value);
                case "sampleRate" -> sampleRate = number(json, value);
                case "channels" -> channels = number(json, value);
                default -> json.skipChildren();
            }
        }
    }

    private void readParameters(JsonParser json) throws IOException {
        Map<String, String> read = new HashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = fieldName(json);
            JsonToken value = json.nextToken();
            if (value.isScalarValue() && read.size() < MAX_PARAMETERS) {
                String text = json.getText();
                if (text.length() <= MAX_TEXT) {
                    read.put(field, text);
                }
            } else {
                json.skipChildren();
            }
        }
        parameters = read;
    }

    private static String fieldName(JsonParser json) throws IOException {
        String field = json.currentName();
        if (json.currentToken() != JsonToken.FIELD_NAME || field == null) {
            throw new Faulty(Fault.NOT_JSON);
        }
        return field;
    }

    private static String text(JsonParser json, JsonToken value) throws IOException {
        if (!value.isScalarValue() || value == JsonToken.VALUE_NULL) {
            throw new Faulty(Fault.BAD_FIELD);
        }
        String text = json.getText();
        if (text.length() > MAX_TEXT) {
            throw new Faulty(Fault.BAD_FIELD);
        }
        return text;
    }

    /** A number that is not negative, as one or in a string. */
    private static long number(JsonParser json, JsonToken value) throws IOException {
        char[] chars = json.getTextCharacters();
        int offset = json.getTextOffset();
        int length = json.getTextLength();
        if (value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NUMBER_INT || length == 0 || length > 18) {
            throw new Faulty(Fault.BAD_FIELD);
        }
        long number = 0;
        for (int i = offset; i < offset + length; i++) {
            if (chars[i] < '0' || chars[i] > '9') {
                throw new Faulty(Fault.BAD_FIELD);
            }
            number = number * 10 + chars[i] - '0';
        }
        return number;
    }

    private static byte[] audio(JsonParser json, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            throw new Faulty(Fault.BAD_PAYLOAD);
        }
        try {
            return json.getBinaryValue(Base64Variants.MIME_NO_LINEFEEDS);
        } catch (StreamConstraintsException e) {
            throw e;
        } catch (IOException e) {
            throw new Faulty(Fault.BAD_PAYLOAD);
        }
    }

    private CarrierMessage message() {
        if (event == null) {
            return new CarrierMessage.Malformed(Fault.NO_EVENT);
        }
        return switch (event) {
            case "connected" -> CONNECTED;
            case "start" -> start();
            case "media" -> media();
            case "dtmf" -> digit != null && isDigit(digit) ? new CarrierMessage.Dtmf(digit) : badField();
            case "mark" -> name != null ? new CarrierMessage.Mark(name) : badField();
            case "stop" -> STOP;
            default -> UNKNOWN;
        };
    }

    private CarrierMessage start() {
        if (streamSid == null || streamSid.isEmpty() || callSid == null || callSid.isEmpty()) {
            return badField();
        }
        return new CarrierMessage.Start(
                streamSid,
                accountSid == null ? "" : accountSid,
                callSid,
                encoding == null ? "audio/x-mulaw" : encoding,
                sampleRate < 0 ? 8_000 : (int) Math.min(sampleRate, Integer.MAX_VALUE),
                channels < 0 ? 1 : (int) Math.min(channels, Integer.MAX_VALUE),
                parameters == null ? Map.of() : Map.copyOf(parameters));
    }

    private CarrierMessage media() {
        if (payload == null || payload.length == 0) {
            return new CarrierMessage.Malformed(Fault.BAD_PAYLOAD);
        }
        if (track != null && !track.equals("inbound")) {
            return UNKNOWN;
        }
        return new CarrierMessage.Media(chunk, timestamp, payload);
    }

    private static boolean isDigit(String digit) {
        return digit.length() == 1 && "0123456789*#ABCD".contains(digit);
    }

    private static CarrierMessage badField() {
        return new CarrierMessage.Malformed(Fault.BAD_FIELD);
    }
}
