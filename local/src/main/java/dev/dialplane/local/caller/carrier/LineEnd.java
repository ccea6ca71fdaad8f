package dev.dialplane.local.caller.carrier;

/**
 * How a media line ended.
 *
 * @param by who ended it
 * @param detail the close code and reason, or what failed
 * @param mediaMs when, since the start message
 */
public record LineEnd(By by, String detail, double mediaMs) {
    /** Who ended a line. */
    public enum By {
        /** The server closed the socket. */
        SERVER,
        /** The caller hung up. */
        CALLER,
        /** The socket broke, or the server did not read what it was sent. */
        FAILURE
    }

    /** In words, for people. */
    public String told() {
        return switch (by) {
            case CALLER -> "the caller hung up";
            case SERVER -> "the agent's side hung up";
            case FAILURE -> detail;
        };
    }
}
