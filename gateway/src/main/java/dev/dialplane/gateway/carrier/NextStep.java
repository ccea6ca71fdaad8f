package dev.dialplane.gateway.carrier;

/** What the carrier does with a call whose stream has ended. */
public sealed interface NextStep {
    /** Ends it. */
    record HangUp() implements NextStep {}

    /** Puts the caller through to a number. */
    record Dial(String number) implements NextStep {}

    /** Ends it. */
    NextStep HANG_UP = new HangUp();
}
