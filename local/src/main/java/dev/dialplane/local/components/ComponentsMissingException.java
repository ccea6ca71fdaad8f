package dev.dialplane.local.components;

/** Programs can't be had; the message says what is missing and what to do about it. */
public final class ComponentsMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message for whoever started what needs them. */
    public ComponentsMissingException(String message) {
        super(message);
    }

    ComponentsMissingException(String message, Throwable cause) {
        super(message, cause);
    }
}
