package dev.dialplane.audio;

import java.io.IOException;

/** A WAV file that cannot be read or written as asked: says which field is wrong, what it holds and what it may hold. */
public final class WavException extends IOException {
    private static final long serialVersionUID = 1;

    private final String field;
    private final String value;
    private final String allowed;

    WavException(String field, Object value, String allowed) {
        super(field + " is " + value + ", allowed is " + allowed);
        this.field = field;
        this.value = String.valueOf(value);
        this.allowed = allowed;
    }

    /** The field, by its name in the RIFF/WAVE specification, such as {@code nChannels}. */
    public String field() {
        return field;
    }

    /** What the file holds there. */
    public String value() {
        return value;
    }

    /** What it may hold. */
    public String allowed() {
        return allowed;
    }
}
