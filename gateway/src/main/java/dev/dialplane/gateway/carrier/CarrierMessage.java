package dev.dialplane.gateway.carrier;

import java.util.Map;

/** What a carrier says on its media socket. */
public sealed interface CarrierMessage {
    /** The socket speaks the protocol. */
    record Connected() implements CarrierMessage {}

    /** The stream begins. */
    record Start(
            String streamId,
            String account,
            String callId,
            String encoding,
            int sampleRate,
            int channels,
            Map<String, String> parameters)
            implements CarrierMessage {}

    /**
     * Audio of the caller.
     *
     * @param chunk its number, or -1
     * @param timestamp of its first sample, ms since the stream's start, or -1
     */
    record Media(long chunk, long timestamp, byte[] payload) implements CarrierMessage {}

    /** The caller pressed a key. */
    record Dtmf(String digit) implements CarrierMessage {}

    /** A mark came back. */
    record Mark(String name) implements CarrierMessage {}

    /** The stream ends. */
    record Stop() implements CarrierMessage {}

    /** An event that we do not know; ignored. */
    record Unknown() implements CarrierMessage {}

    /** Not a message; dropped. */
    record Malformed(Fault fault) implements CarrierMessage {}

    /** What is wrong with a message. */
    enum Fault {
        /** Longer than a message may be. */
        TOO_LONG,
        /** Not JSON, or cut off. */
        NOT_JSON,
        /** Nested deeper than a message may be. */
        TOO_DEEP,
        /** No object, or without an event's name. */
        NO_EVENT,
        /** A field that the event needs is missing or of the wrong kind. */
        BAD_FIELD,
        /** The payload is not base64, or of no length that audio has. */
        BAD_PAYLOAD,
        /** A binary frame where text is spoken. */
        BINARY
    }
}
