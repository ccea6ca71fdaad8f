package dev.dialplane.audio;

/** Bytes that are no Opus packet, or none that is taken here. Says what is wrong, never what the bytes were. */
public final class OpusPacketException extends Exception {
    private static final long serialVersionUID = 1;

    OpusPacketException(String message) {
        super(message);
    }

    OpusPacketException(String message, Throwable cause) {
        super(message, cause);
    }
}
